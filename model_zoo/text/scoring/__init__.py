"""How rightly notes are read, on invented notes with a complete key, and beside public tools."""

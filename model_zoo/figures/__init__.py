"""The measured results of all cards as Markdown, for the README and the files beside what they measure."""

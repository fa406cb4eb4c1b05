"""The Streamlit app: a thin layer over ``model_zoo`` that draws and asks, and computes nothing itself."""

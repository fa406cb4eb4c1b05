// Streamlit listens at the document, everything else below it: what is held back at its first element reaches all but Streamlit.

let listens = false;

/** @param {KeyboardEvent} event */
function hold(event) {
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}

export default function () {
  if (!listens) document.documentElement.addEventListener("keydown", hold);
  listens = true;
}

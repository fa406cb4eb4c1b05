// How Streamlit calls the viewer: at the first drawing and with the data of each run after it.

/** @param {{data: ViewerInput, parentElement: HTMLElement | ShadowRoot, setStateValue: SetStateValue}} call */
export default function ({ data, parentElement, setStateValue }) {
  Object.assign(labels, data.labels);
  let viewer = instances.get(parentElement);
  if (!viewer) {
    viewer = new Viewer(parentElement, setStateValue);
    instances.set(parentElement, viewer);
  }
  viewer.setStateValue = setStateValue;
  viewer.update(data);
  const drawn = viewer;
  return () => drawn.destroy();
}

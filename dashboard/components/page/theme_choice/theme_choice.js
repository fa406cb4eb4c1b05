/**
 * A button that names the other theme. Streamlit reads its choice from the browser's storage when a page opens, under a key for
 * every address; the page is therefore opened anew, which keeps the case.
 */
const KEY = (/** @type {string} */ path) => `stActiveTheme-${path}-v2`;

/** @param {string} colour a CSS colour @returns {boolean} whether it is darker than middle grey */
function isDark(colour) {
    const parts = (colour.match(/[\d.]+/g) ?? ["255", "255", "255"]).slice(0, 3).map(Number);
    return 0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2] < 128;
}

/** @param {{data: {labels: {light: string, dark: string}, paths: string[]}, parentElement: HTMLElement}} component */
export default function ({ data, parentElement }) {
    const app = document.querySelector("[data-testid=stApp]") ?? document.body;
    const other = isDark(getComputedStyle(app).backgroundColor) ? "light" : "dark";
    let button = /** @type {HTMLButtonElement | null} */ (parentElement.querySelector("button"));
    if (!button) {
        button = document.createElement("button");
        parentElement.appendChild(button);
    }
    button.textContent = data.labels[other];
    button.onclick = () => {
        for (const path of new Set([...data.paths, window.location.pathname])) {
            window.localStorage.setItem(KEY(path), JSON.stringify(other === "light" ? "Light" : "Dark"));
        }
        window.location.reload();
    };
}

import { html } from "./vendor/preact.js";
export const Board = () => html`<main></main>`;

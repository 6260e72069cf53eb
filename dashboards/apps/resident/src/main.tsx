/** The resident's composition root. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { LinkPage } from "./link-page";
import { Own } from "./own-page";
import { Page } from "./page";
import { isOwn, takeToken } from "./token";
import "./resident.css";

const token = takeToken(window);
// another link, opened in the same window, changes nothing but what stands behind the #
window.addEventListener("hashchange", () => {
  if (window.location.hash.length > 1) window.location.reload();
});

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <Page>{isOwn(token) ? <Own token={token} /> : <LinkPage token={token} />}</Page>
  </StrictMode>,
);

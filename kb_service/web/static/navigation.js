// The way between the pages, the same on each of them.

import { el } from "./text.js";

/** A page is also the current one on the addresses that its pattern fits. */
const PAGES = [
  { name: "检索", path: "/", pattern: /^\/($|documents\/)/ },
  { name: "工单", path: "/tickets", pattern: /^\/tickets(\/|$)/ },
  { name: "知识", path: "/articles", pattern: /^\/articles(\/|$)/ },
  { name: "缺口", path: "/gaps", pattern: /^\/gaps$/ },
  { name: "报表", path: "/reports", pattern: /^\/reports$/ },
];

function link({ name, path, pattern }) {
  const current = location.pathname === path ? "page" : pattern.test(location.pathname) && "true";
  return el("a", { href: path, "aria-current": current }, name);
}

document.querySelector(".site-nav").replaceChildren(...PAGES.map(link));

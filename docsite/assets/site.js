// Wide tables scroll in a frame of their own, which the theme adds when the page has loaded: let the keyboard reach it.
const reach = () =>
  document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset pre > code").forEach((frame) => {
    if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  });
addEventListener("load", () => setTimeout(reach, 100));
addEventListener("resize", reach);

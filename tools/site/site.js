// Wide tables scroll by keyboard too.
const reachable = () => document.querySelectorAll(".md-typeset__scrollwrap").forEach(wrap => { wrap.tabIndex = 0; });
new MutationObserver(reachable).observe(document.documentElement, { childList: true, subtree: true });
reachable();

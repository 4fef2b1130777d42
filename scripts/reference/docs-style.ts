/** The style of the API reference. */
export const docsStyle = `
:root { --ink: #1d2129; --soft: #5c6675; --line: #e3e6eb; --page: #fff; --side: #f7f8fa; --code: #f2f4f7; --link: #0b5cad;
  --get: #1a7f4b; --post: #0b5cad; --patch: #9a6200; --put: #9a6200; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7ec; --soft: #9aa4b2; --line: #2c323b; --page: #14171c; --side: #191d23;
  --code: #20252c; --link: #7ab7ff; --get: #5fd394; --post: #7ab7ff; --patch: #e5b567; --put: #e5b567; --delete: #ff8f87; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 21rem minmax(0, 1fr); color: var(--ink); background: var(--page);
  font: 15px/1.55 system-ui, sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem 1rem 3rem; background: var(--side); border-right: 1px solid var(--line); }
nav .brand { display: block; font-size: 1.25rem; font-weight: 650; margin-bottom: .75rem; color: var(--ink); }
nav summary { cursor: pointer; padding: .3rem 0; font-weight: 600; }
nav ul { list-style: none; margin: 0 0 .5rem; padding: 0; }
nav li a { display: flex; gap: .4rem; align-items: baseline; padding: .1rem .4rem; border-radius: 4px; color: var(--ink); font-size: 13px; line-height: 1.35; }
nav li span { min-width: 0; overflow-wrap: break-word; }
nav li a:hover, nav li a:focus-visible { background: var(--code); }
nav b { flex: none; width: 4.6em; font-size: 10px; white-space: nowrap; }
main { padding: 2rem clamp(1rem, 4vw, 4rem) 6rem; max-width: 64rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
h1 { margin: 0 0 1rem; font-size: 2rem; }
h2 { margin: 3.5rem 0 0; padding-bottom: .4rem; border-bottom: 2px solid var(--line); font-size: 1.5rem; text-transform: capitalize; }
h3 { margin: 0 0 .5rem; font-size: 1.05rem; font-weight: 600; }
h3 a { color: inherit; }
h4 { margin: 1.25rem 0 .4rem; font-size: .9rem; color: var(--soft); }
article { padding: 1.75rem 0; border-bottom: 1px solid var(--line); }
article:target { box-shadow: -1rem 0 0 var(--page), -1.2rem 0 0 var(--link); }
article p { margin: .25rem 0 .75rem; }
b.get { color: var(--get); } b.post { color: var(--post); } b.patch { color: var(--patch); } b.put { color: var(--put); } b.delete { color: var(--delete); }
code, pre { font: 13px/1.5 ui-monospace, "Cascadia Code", Menlo, Consolas, monospace; }
code { background: var(--code); padding: .1em .3em; border-radius: 4px; overflow-wrap: anywhere; }
h3 code { background: none; padding: 0; font-size: 1rem; }
pre { background: var(--code); padding: .8rem 1rem; border-radius: 8px; overflow-x: auto; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
table { width: 100%; border-collapse: collapse; }
td { padding: .35rem .75rem .35rem 0; border-top: 1px solid var(--line); vertical-align: top; }
tr:first-child > td { border-top: 0; }
td > p { margin: 0; }
td:first-child { width: 11rem; }
table table td:first-child { width: 9rem; }
.problem { color: var(--soft); }
.type, small { color: var(--soft); }
sup { color: var(--delete); margin-left: .15em; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line); } }
`;

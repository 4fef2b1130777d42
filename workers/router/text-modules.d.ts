/** An HTML file is imported as its text: a rule in `wrangler.toml`, a loader in `scripts/lib/bundle.ts`. */
declare module '*.html' {
  const text: string;
  export default text;
}

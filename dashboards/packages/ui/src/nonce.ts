/** The nonce that lets this page's own scripts add styles. For antd: `<ConfigProvider csp={{ nonce: lendNonce() }}>`. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
}

/**
 * Gives the page's nonce to every `<style>` that a script makes from now on, and returns it. Parts of antd, such as what keeps the
 * page still under a dialog, forget the nonce that they were told. Styles that come with a text, not by a script, still have none.
 * Call it once, before anything is drawn.
 */
export function lendNonce(): string {
  const nonce = pageNonce();
  const make = document.createElement.bind(document) as (name: string, options?: ElementCreationOptions) => HTMLElement;
  document.createElement = (name: string, options?: ElementCreationOptions) => {
    const made = make(name, options);
    if (name === "style") made.nonce = nonce;
    return made;
  };
  return nonce;
}

/** The nonce that lets this page's own scripts add styles. For antd: `<ConfigProvider csp={{ nonce: pageNonce() }}>`. */
export function pageNonce(): string {
  return document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";
}

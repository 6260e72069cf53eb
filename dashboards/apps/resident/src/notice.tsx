/** Something that is told in place of the page, and read out at once. */
interface Given {
  title: string;
  more: string;
  why?: string;
  retry?: string;
  onRetry?: () => void;
}

export function Notice({ title, more, why, retry, onRetry }: Given) {
  return (
    <section className="wr-notice" role="alert">
      <h1>{title}</h1>
      {why && <p>{why}</p>}
      <p>{more}</p>
      {onRetry && (
        <button type="button" className="wr-main" onClick={onRetry}>
          {retry}
        </button>
      )}
    </section>
  );
}

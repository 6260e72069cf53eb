/** Pages of a long table. One page needs none. */
import { useWords } from "@watchkeeper/ui";
import { Button } from "antd";
import { table } from "./words";

export function Pager({ page, pages, onPage }: { page: number; pages: number; onPage: (page: number) => void }) {
  const w = useWords(table);
  if (pages < 2) return null;
  return (
    <nav className="wk-estate-pager" aria-label={w.pages}>
      <Button size="small" disabled={page === 0} onClick={() => onPage(page - 1)} aria-label={w.previous}>
        ←
      </Button>
      <span aria-live="polite">{w.page(page + 1, pages)}</span>
      <Button size="small" disabled={page === pages - 1} onClick={() => onPage(page + 1)} aria-label={w.next}>
        →
      </Button>
    </nav>
  );
}

/** 版本: who changed the estate when and why, what differs between two versions, and the way back. */
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ask, Refusal, type VersionInfo, type VersionList, type VersionView } from "@watchkeeper/api";
import { dateTime, Skeleton, useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button } from "antd";
import { useState } from "react";
import { useSession } from "../../session/session";
import { ChangeList } from "./change-list";
import { changesOf } from "./diff";
import { RestoreDialog } from "./restore-dialog";
import { table } from "./words-files";
import { useWork } from "./working";

const PAGE = 50;

export function Versions() {
  const w = useWords(table);
  const language = useLanguage();
  const { state } = useWork();
  const found = useInfiniteQuery<VersionList, Refusal>({
    queryKey: ["estate", "versions"],
    queryFn: ({ pageParam }) => ask("GET /estate/versions", { query: { limit: PAGE, before: pageParam as number | null } }),
    initialPageParam: null,
    getNextPageParam: (page) => page.next,
  });
  const versions = found.data?.pages.flatMap((page) => page.versions) ?? [];
  const [pair, setPair] = useState<readonly [number, number] | null>(null);
  const [restoring, setRestoring] = useState<number | null>(null);
  const [restored, setRestored] = useState<number | null>(null);
  const newest = versions[0]?.version ?? 0;
  const [from, to] = pair ?? [versions[1]?.version ?? newest, newest];
  if (found.isPending) return <Skeleton />;
  return (
    <section className="wk-estate-versions" aria-label={w.versions}>
      <h2>{w.versions}</h2>
      {found.error instanceof Refusal && <Alert type="error" role="alert" title={found.error[language]} />}
      {restored !== null && <p role="status">{w.restored(restored)}</p>}
      {versions.length === 0 && <p className="wk-empty">{w.none}</p>}
      {versions.length > 0 && (
        <List
          {...{ versions, from, to }}
          inForce={state.theirs?.version ?? state.base.version}
          onPair={(one, other) => setPair([one, other])}
          onRestore={setRestoring}
        />
      )}
      {found.hasNextPage && (
        <Button onClick={() => void found.fetchNextPage()} loading={found.isFetchingNextPage}>
          {w.older}
        </Button>
      )}
      {from !== to && <Differences from={from} to={to} />}
      {restoring !== null && <RestoreDialog version={restoring} onClose={() => setRestoring(null)} onRestored={setRestored} />}
    </section>
  );
}

interface ListGiven {
  readonly versions: readonly VersionInfo[];
  readonly from: number;
  readonly to: number;
  readonly inForce: number;
  onPair(from: number, to: number): void;
  onRestore(version: number): void;
}

function List({ versions, from, to, inForce, onPair, onRestore }: ListGiven) {
  const w = useWords(table);
  const { zone, may } = useSession();
  const mayRestore = may("POST /estate/versions/{version}/restore");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="wk-estate-frame" tabIndex={0} aria-label={w.compare}>
      <table className="wk-estate-table">
        <thead>
          <tr>
            {[w.from, w.to, w.version, w.at, w.actor, w.why, w.origin, ...(mayRestore ? [w.restore] : [])].map((word) => (
              <th key={word} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {versions.map(({ version, at, actor, reason, origin }) => (
            <tr key={version} data-version={version}>
              <td>
                <input
                  type="radio"
                  name="from"
                  aria-label={w.chooseFrom(version)}
                  checked={version === from}
                  onChange={() => onPair(version, to)}
                />
              </td>
              <td>
                <input
                  type="radio"
                  name="to"
                  aria-label={w.chooseTo(version)}
                  checked={version === to}
                  onChange={() => onPair(from, version)}
                />
              </td>
              <td>
                {version} {version === inForce && <em>{w.inForce}</em>}
              </td>
              <td>
                <time dateTime={at}>{dateTime(at, zone)}</time>
              </td>
              <td lang="zh">{actor === "" ? w.hub : actor}</td>
              <td lang="zh">{reason}</td>
              <td>{w[`origin_${origin}`]}</td>
              {mayRestore && (
                <td>
                  {version !== inForce && (
                    <Button size="small" onClick={() => onRestore(version)} aria-label={`${w.restore} ${version}`}>
                      {w.restore}
                    </Button>
                  )}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function useVersion(version: number) {
  return useQuery<VersionView, Refusal>({
    queryKey: ["estate-version", version],
    queryFn: () => ask("GET /estate/versions/{version}", { path: { version } }),
    // a version never changes
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
}

function Differences({ from, to }: { from: number; to: number }) {
  const w = useWords(table);
  const language = useLanguage();
  const [was, now] = [useVersion(from), useVersion(to)];
  const refusal = was.error ?? now.error;
  if (refusal !== null) return <Alert type="error" role="alert" title={refusal[language]} />;
  if (was.data === undefined || now.data === undefined || was.isPlaceholderData || now.isPlaceholderData) return null;
  const changes = changesOf(was.data.document, now.data.document);
  return (
    <section className="wk-estate-differences" aria-label={w.differences(from, to)}>
      <h3>{w.differences(from, to)}</h3>
      {changes.length === 0 ? (
        <p className="wk-quiet">{w.nothingDiffers}</p>
      ) : (
        <ChangeList changes={changes} was={was.data.document} now={now.data.document} />
      )}
    </section>
  );
}

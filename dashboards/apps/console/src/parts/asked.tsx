/** What is shown of a question to the hub: grey bars at first, old data under a warning, or what it answered. */
import type { UseQueryResult } from "@tanstack/react-query";
import { Refusal } from "@watchkeeper/api";
import { Skeleton, Stopped, useLanguage } from "@watchkeeper/ui";
import type { ReactNode } from "react";

export function Asked<T>({ of, children }: { of: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  const language = useLanguage();
  const { data, error } = of;
  const why = error instanceof Refusal ? error[language] : error?.message;
  return (
    <>
      {error !== null && (
        <Stopped sinceMs={of.dataUpdatedAt || of.errorUpdatedAt} why={why ?? ""} onRetry={() => void of.refetch()} />
      )}
      {data === undefined && error === null && <Skeleton />}
      {data !== undefined && children(data)}
    </>
  );
}

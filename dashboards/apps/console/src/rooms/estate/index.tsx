/** 小区资料: the estate is edited here, checked, and put in force as a new version. */
import { Skeleton, Stopped, useLanguage, useWords } from "@watchkeeper/ui";
import { Navigate, NavLink, Route, Routes } from "react-router";
import { Bar } from "./bar";
import { CheckPanel } from "./check-panel";
import { Exchange } from "./exchange";
import { HERE } from "./here";
import { Meanwhile } from "./meanwhile";
import { Plan } from "./plan";
import { Section } from "./section";
import { Site } from "./site";
import { Versions } from "./versions";
import { table } from "./words";
import { EstateWorkProvider, useEstateView, useWork } from "./working";
import "./estate.css";

const TABLES = ["places", "devices", "agents", "phones", "staff", "routes"] as const;
const SECTIONS = ["site", ...TABLES, "plan", "exchange", "versions"] as const;

export default function EstateRoom() {
  const language = useLanguage();
  const estate = useEstateView();
  const stopped = estate.error !== null && (
    <Stopped sinceMs={estate.errorUpdatedAt} why={estate.error[language]} onRetry={() => void estate.refetch()} />
  );
  if (estate.data === undefined) return stopped || <Skeleton />;
  return (
    <>
      {stopped}
      <EstateWorkProvider view={estate.data} renew={async () => void (await estate.refetch())}>
        <Room />
      </EstateWorkProvider>
    </>
  );
}

function Room() {
  return (
    <div className="wk-estate">
      <Sections />
      <div className="wk-estate-main">
        <Bar />
        <Meanwhile />
        <CheckPanel />
        <Routes>
          <Route index element={<Navigate to={`${HERE}/devices`} replace />} />
          <Route path="site" element={<Site />} />
          {TABLES.map((kind) => (
            <Route key={kind} path={kind} element={<Section key={kind} kind={kind} />} />
          ))}
          <Route path="plan" element={<Plan />} />
          <Route path="exchange" element={<Exchange />} />
          <Route path="versions" element={<Versions />} />
          <Route path="*" element={<Navigate to={`${HERE}/devices`} replace />} />
        </Routes>
      </div>
    </div>
  );
}

function Sections() {
  const w = useWords(table);
  const { changes, mistakes } = useWork();
  return (
    <nav className="wk-estate-sections" aria-label={w.sections}>
      {SECTIONS.map((name) => {
        const kinds: readonly string[] = name === "site" ? ["estate", "floors"] : [name];
        const edited = changes.filter((change) => kinds.includes(change.kind)).length;
        const wrong = [...mistakes.keys()].filter((key) => kinds.includes(key.split("/")[0] ?? "")).length;
        return (
          <NavLink key={name} to={`${HERE}/${name}`}>
            <span>{w[name]}</span>
            {edited > 0 && <em>{edited}</em>}
            {wrong > 0 && <em data-abnormal>! {wrong}</em>}
          </NavLink>
        );
      })}
    </nav>
  );
}

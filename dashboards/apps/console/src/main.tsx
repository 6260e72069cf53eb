/** The console's composition root. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { Refusal } from "@watchkeeper/api";
import { lendNonce } from "@watchkeeper/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { LanguageProvider } from "./language";
import { LiveProvider } from "./live/provider";
import { SessionGate } from "./session/session";
import { Shell } from "./shell/shell";
import { SoundProvider } from "./sound/provider";
import "./console.css";

const TRIES_MAX = 3;
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // the live channel renews what changed; a window that is looked at again need not ask for all
      refetchOnWindowFocus: false,
      retry: (tries, why) => tries < TRIES_MAX && (!(why instanceof Refusal) || why.status === 0 || why.status >= 500),
    },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider nonce={lendNonce()}>
        <SessionGate>
          <LiveProvider>
            <SoundProvider>
              <BrowserRouter basename="/console">
                <Shell />
              </BrowserRouter>
            </SoundProvider>
          </LiveProvider>
        </SessionGate>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);

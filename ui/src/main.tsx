import "./kit/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startTheme } from "./kit/theme.ts";
import { dismissToast } from "./kit/toast.tsx";
import { startText } from "./text/t.ts";
import { rememberedEmail } from "./vault/browser.ts";
import { startIdleLock } from "./vault/idle.ts";
import { onEnd, startSession } from "./vault/session.ts";

startTheme();
startSession(rememberedEmail());
startIdleLock();
onEnd(dismissToast);

const root = document.getElementById("root");
if (!root) throw new Error("The page has no root.");
await startText();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

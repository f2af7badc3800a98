import type { ReactNode } from "react";
import { go, want } from "../../address.ts";
import { Button, ButtonLink } from "../../kit/button.tsx";
import { Notice } from "../../kit/notice.tsx";
import { home } from "../../route.ts";
import { useText } from "../../text/t.ts";
import { logOut } from "../../vault/session.ts";
import { useSession } from "../parts/use-session.ts";
import { SignInGate } from "./gate.tsx";
import styles from "./sign-in.module.css";

/** Somebody whom a mailed link invites, and where they go on their way. */
export interface Invited {
  email: string;
  title: string;
  lead: string;
  /** The address of the link itself: a log-in leads back to it. */
  here: string;
  logIn: string;
  /** Undefined for whoever is known to have an account. */
  register?: string | undefined;
  /** Which of the two is more likely. */
  likely: "logIn" | "register";
}

/** Lets in whom a link invites. Others log in, make an account, or change to theirs; a link without sense says so. */
export function InvitedGate({ invited, children }: { invited: Invited | undefined; children: ReactNode }) {
  const t = useText();
  const session = useSession();
  if (!invited) {
    return (
      <SignInGate title={t("accept.broken")} lead={t("accept.brokenLead")}>
        <ButtonLink tone="primary" href={`#${home}`}>
          {t("app.toStart")}
        </ButtonLink>
      </SignInGate>
    );
  }
  if (session.phase !== "open") return <Stranger invited={invited} />;
  if (session.email !== invited.email.toLowerCase()) return <Another invited={invited} email={session.email} />;
  return children;
}

/** For a person who is not logged in: log in, or make an account; either leads back here. */
function Stranger({ invited: { email, title, lead, here, logIn, register, likely } }: { invited: Invited }) {
  const t = useText();
  const to = (where: string) => () => {
    want(here);
    go(where);
  };
  return (
    <SignInGate title={title} lead={lead}>
      <p className={styles.who}>{t("finish.for", { email })}</p>
      <div className={styles.stack}>
        <Button tone={likely === "logIn" ? "primary" : "plain"} onClick={to(logIn)} wide>
          {t("signIn.title")}
        </Button>
        {register && (
          <Button tone={likely === "register" ? "primary" : "plain"} onClick={to(register)} wide>
            {t("signIn.create")}
          </Button>
        )}
      </div>
    </SignInGate>
  );
}

/** For a person who is logged in as somebody else. */
function Another({ invited, email }: { invited: Invited; email: string }) {
  const t = useText();
  const change = () => {
    want(invited.here);
    logOut();
    go("/login");
  };
  return (
    <SignInGate title={invited.title} lead={invited.lead}>
      <Notice tone="wait">{t("accept.another", { invited: invited.email, email })}</Notice>
      <div className={styles.stack}>
        <Button tone="primary" onClick={change} wide>
          {t("accept.change")}
        </Button>
        <ButtonLink href={`#${home}`} wide>
          {t("app.toStart")}
        </ButtonLink>
      </div>
    </SignInGate>
  );
}

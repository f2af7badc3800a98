import { useEffect, useRef, useState } from "react";
import { useParams } from "wouter";
import { Button } from "../../kit/button.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { Asked, BrokenLink, NothingHere, type Proof, type Received, Visit } from "../../vault/receive.ts";
import { Problem } from "../parts/problem.tsx";
import { Ask } from "./ask.tsx";
import { Content } from "./content.tsx";
import { Page } from "./page.tsx";

/** Where the link of a Send leads, whoever holds it. */
export function Screen() {
  const { sendId = "", key = "" } = useParams<{ sendId: string; key: string }>();
  return <Receive key={`${sendId}/${key}`} accessId={sendId} link={key} />;
}

function Receive({ accessId, link }: { accessId: string; link: string }) {
  const t = useText();
  const visit = useRef<Visit>(undefined);
  const [received, setReceived] = useState<Received>();
  const [asked, setAsked] = useState<Asked>();
  const { busy, failure, run } = useAction(async (proof: Proof) => {
    visit.current ??= new Visit(accessId, link);
    try {
      setReceived(await visit.current.open(proof));
    } catch (error) {
      if (!(error instanceof Asked)) throw error;
      setAsked(error);
    }
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: each opening counts, so there is one for each link.
  useEffect(() => {
    const start = setTimeout(() => run({}));
    return () => {
      clearTimeout(start);
      visit.current?.end();
    };
  }, []);
  if (received && visit.current) return <Content visit={visit.current} of={received} />;
  if (failure instanceof NothingHere) return <Page title={t("receive.nothing")} lead={t("receive.nothingLead")} />;
  if (failure instanceof BrokenLink) return <Page title={t("receive.broken")} lead={t("receive.brokenLead")} />;
  if (asked) return <Ask what={asked.what} isWrong={asked.isWrong} busy={busy} failure={failure} onSend={run} />;
  return (
    <Page title={t("receive.title")}>
      {failure === undefined && <Skeleton lines={2} />}
      {failure !== undefined && (
        <>
          <Problem of={failure} />
          <Button tone="primary" onClick={() => run({})}>
            {t("receive.again")}
          </Button>
        </>
      )}
    </Page>
  );
}

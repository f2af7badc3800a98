import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../kit/button.tsx";
import { Dialog } from "../../kit/dialog.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Progress } from "../../kit/progress.tsx";
import { Skeleton } from "../../kit/states.tsx";
import { Table } from "../../kit/table.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import {
  type Candidate,
  confirmAll,
  type Deed,
  doToAll,
  loadCandidates,
  type Member,
  nameOf,
  type Outcome,
} from "../../vault/members.ts";
import type { Membership } from "../../vault/profile.ts";
import { Fingerprint } from "../parts/fingerprint.tsx";
import { Problem } from "../parts/problem.tsx";
import styles from "./console.module.css";
import { useForget } from "./queries.ts";

export interface DeedsProps {
  by: Membership;
  deed: Deed;
  members: Member[];
  onClose: () => void;
}

/** From how many on it is shown how far it has come. */
const many = 50;

/** Does one thing to one member or many, once it is sure, and tells who was refused and why. */
export function Deeds({ by, deed, members, onClose }: DeedsProps) {
  const t = useText();
  const forget = useForget(by.id);
  const [done, setDone] = useState(0);
  const [refused, setRefused] = useState<Outcome[]>();
  const candidates = useQuery({
    queryKey: ["console", by.id, "candidates", members.map(({ id }) => id)],
    queryFn: () =>
      loadCandidates(
        by.id,
        members.map(({ id }) => id),
      ),
    enabled: deed === "confirm",
    staleTime: 0,
    gcTime: 0,
  });
  const perform = () =>
    deed === "confirm"
      ? confirmAll(by.id, candidates.data ?? [], t("collections.mine"), setDone)
      : doToAll(
          deed,
          by.id,
          members.map(({ id }) => id),
          setDone,
        );
  const { busy, failure, run } = useAction(async () => {
    const outcomes = await perform().finally(forget);
    const errors = outcomes.filter(({ error }) => error);
    if (errors.length > 0) {
      setRefused(errors);
      return;
    }
    onClose();
    toast(t(`deed.${deed}Done`, { count: outcomes.length, name: nameOf(members[0] as Member) }));
  });
  if (refused) return <Refused refused={refused} of={members} onClose={onClose} />;
  const values = { count: members.length, name: nameOf(members[0] as Member) };
  const isReady = deed !== "confirm" || (candidates.data?.length ?? 0) > 0;
  return (
    <Dialog
      open
      onClose={() => busy || onClose()}
      title={t(`deed.${deed}Title`, values)}
      actions={
        <>
          <Button onClick={onClose} disabled={busy}>
            {t("kit.cancel")}
          </Button>
          <Button
            tone={deed === "remove" || deed === "revoke" ? "loss" : "primary"}
            onClick={run}
            busy={busy}
            disabled={!isReady}
          >
            {t(`deed.${deed}`)}
          </Button>
        </>
      }
    >
      <p>{t(`deed.${deed}Text`, values)}</p>
      {deed === "confirm" && <Candidates of={candidates} members={members} />}
      {busy && members.length > many && (
        <Progress done={done} of={members.length} label={t("deed.progress", { count: done, all: members.length })} />
      )}
      <Problem of={failure} />
    </Dialog>
  );
}

function Candidates({ of, members }: { of: { data?: Candidate[] | undefined; error: unknown }; members: Member[] }) {
  const t = useText();
  if (of.error) return <Problem of={of.error} />;
  if (!of.data) return <Skeleton lines={2} />;
  const names = new Map(members.map((member) => [member.id, nameOf(member)]));
  return (
    <>
      {of.data.length < members.length && (
        <Notice tone="wait">{t("deed.keyless", { count: members.length - of.data.length })}</Notice>
      )}
      {of.data.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard.
        <section className={styles.scroll} tabIndex={0} aria-label={t("deed.fingerprints")}>
          <Table
            label={t("deed.fingerprints")}
            columns={[
              { id: "name", heading: t("members.member"), cell: ({ id }) => names.get(id) },
              {
                id: "fingerprint",
                heading: t("deed.fingerprint"),
                cell: ({ fingerprint }) => <Fingerprint phrase={fingerprint} />,
              },
            ]}
            rows={of.data}
            keyOf={({ id }) => id}
          />
        </section>
      )}
    </>
  );
}

function Refused({ refused, of, onClose }: { refused: Outcome[]; of: Member[]; onClose: () => void }) {
  const t = useText();
  const names = new Map(of.map((member) => [member.id, nameOf(member)]));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("deed.refusedTitle")}
      actions={
        <Button tone="primary" onClick={onClose}>
          {t("kit.close")}
        </Button>
      }
    >
      <p>{t("deed.refused", { done: of.length - refused.length, count: refused.length })}</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached by the keyboard. */}
      <section className={styles.scroll} tabIndex={0} aria-label={t("deed.refusedTitle")}>
        <Table
          label={t("deed.refusedTitle")}
          columns={[
            { id: "name", heading: t("members.member"), cell: ({ id }) => names.get(id) },
            { id: "reason", heading: t("deed.reason"), cell: ({ error }) => error },
          ]}
          rows={refused}
          keyOf={({ id }) => id}
        />
      </section>
    </Dialog>
  );
}

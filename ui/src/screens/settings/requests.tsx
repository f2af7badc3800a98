import { useQuery, useQueryClient } from "@tanstack/react-query";
import { call, type DeviceWaitingView } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { Moment } from "../../kit/moment.tsx";
import { Notice } from "../../kit/notice.tsx";
import { Facts } from "../../kit/state.tsx";
import { toast } from "../../kit/toast.tsx";
import { useAction } from "../../kit/use-action.ts";
import { useText } from "../../text/t.ts";
import { approve, deny, phraseOfDevice } from "../../vault/devices.ts";
import { useProfile } from "../frame.tsx";
import { Fingerprint } from "../parts/fingerprint.tsx";
import { Problem } from "../parts/problem.tsx";
import styles from "./settings.module.css";

/** How often it is asked whether a device waits to be let in. */
const every = 5_000;

/** The devices that wait to be let in, each with what tells a person whether it is theirs. */
export function Requests() {
  const t = useText();
  const { data } = useQuery({
    queryKey: ["requests"],
    queryFn: async () => (await call("GET /api/auth-requests/pending")).data,
    refetchInterval: every,
  });
  if (!data || data.length === 0) return null;
  return (
    <Section title={t("requests.title")} lead={t("requests.lead")}>
      {data.map((request) => (
        <Request key={request.id} of={request} />
      ))}
    </Section>
  );
}

function Request({ of }: { of: DeviceWaitingView }) {
  const t = useText();
  const queries = useQueryClient();
  const { data: profile } = useProfile();
  const email = profile?.email;
  const { data: phrase, error } = useQuery({
    queryKey: ["requests", "phrase", of.id, email],
    queryFn: () => phraseOfDevice(of, email ?? ""),
    enabled: email !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { busy, failure, run } = useAction(async (answer: typeof approve, said: string) => {
    await answer(of);
    toast(said);
    await queries.invalidateQueries({ queryKey: ["requests"] });
  });
  return (
    <Notice tone="wait" title={t("requests.wants", { device: of.requestDeviceType })}>
      <div className={styles.stack}>
        <Facts
          of={[
            { name: t("requests.fingerprint"), value: <Fingerprint phrase={phrase} /> },
            { name: t("requests.address"), value: of.requestIpAddress || t("requests.unknown") },
            { name: t("requests.asked"), value: <Moment at={of.creationDate} withTime /> },
          ]}
        />
        <p>{t("requests.warning")}</p>
        <Problem of={error ?? failure ?? undefined} />
        <div className={styles.line}>
          <Button tone="primary" busy={busy} disabled={!phrase} onClick={() => run(approve, t("requests.approved"))}>
            {t("requests.approve")}
          </Button>
          <Button busy={busy} onClick={() => run(deny, t("requests.denied"))}>
            {t("requests.deny")}
          </Button>
        </div>
      </div>
    </Notice>
  );
}

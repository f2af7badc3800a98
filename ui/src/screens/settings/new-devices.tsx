import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import { Button } from "../../kit/button.tsx";
import { Section } from "../../kit/frame.tsx";
import { State } from "../../kit/state.tsx";
import { toast } from "../../kit/toast.tsx";
import { useText } from "../../text/t.ts";
import { useProfile } from "../frame.tsx";
import { Verify } from "../parts/verify.tsx";
import styles from "./settings.module.css";

/** Whether a log-in on a new device needs a mailed code, where nothing else is asked for besides the password. */
export function NewDevices() {
  const t = useText();
  const queries = useQueryClient();
  const { data: profile } = useProfile();
  const [asked, setAsked] = useState<{ open: boolean; wished: boolean }>({ open: false, wished: true });
  if (!profile) return null;
  const { open, wished } = asked;
  const isOn = profile.verifyDevices;
  const close = () => setAsked({ open: false, wished });
  const change = async (masterPasswordHash: string) => {
    await call("PUT /api/accounts/verify-devices", { body: { masterPasswordHash, verifyDevices: wished } });
    close();
    toast(t("preferences.saved"));
    await queries.invalidateQueries({ queryKey: ["profile"] });
  };
  const actionOf = (on: boolean) => t(on ? "newDevices.turnOn" : "newDevices.turnOff");
  return (
    <Section title={t("newDevices.title")} lead={t("newDevices.lead")}>
      <div className={styles.line}>
        <State tone={isOn ? "good" : "wait"}>{t(isOn ? "state.on" : "state.off")}</State>
        <Button onClick={() => setAsked({ open: true, wished: !isOn })}>{actionOf(!isOn)}</Button>
      </div>
      <Verify
        open={open}
        title={t("newDevices.title")}
        action={actionOf(wished)}
        tone={wished ? "primary" : "loss"}
        onClose={close}
        onVerified={change}
      >
        <p>{t(wished ? "newDevices.onLead" : "newDevices.offLead")}</p>
      </Verify>
    </Section>
  );
}

import type { ReactNode } from "react";
import { Button } from "../../../kit/button.tsx";
import { Dialog } from "../../../kit/dialog.tsx";
import { Form } from "../../../kit/form.tsx";
import { toast } from "../../../kit/toast.tsx";
import { useAction } from "../../../kit/use-action.ts";
import { useText } from "../../../text/t.ts";
import { type Detail, turnOff } from "../../../vault/two-step.ts";
import { Problem } from "../../parts/problem.tsx";

export interface MethodProps<D> {
  detail: D;
  onClose: () => void;
}

interface MethodDialogProps extends MethodProps<Exclude<Detail, { of: "recovery" }>> {
  /** Sends what the fields hold, and turns the method on. Returns false when there is more to do. */
  onSend?: (values: FormData) => Promise<boolean>;
  action?: string;
  failure?: unknown;
  children: ReactNode;
}

/** One second step: what turns it on, and what turns it off while it is. */
export function MethodDialog({ detail, onClose, onSend, action, failure, children }: MethodDialogProps) {
  const t = useText();
  const name = t(`secondStep.${detail.of}`);
  const send = useAction(async (values: FormData) => {
    if (!(await onSend?.(values))) return;
    toast(t("secondStep.isOn", { name }));
    onClose();
  });
  const stop = useAction(async () => {
    await turnOff(detail);
    toast(t("secondStep.isOff", { name }));
    onClose();
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={name}
      actions={
        <>
          {detail.now.enabled && (
            <Button tone="loss" onClick={() => stop.run()} busy={stop.busy}>
              {t("secondStep.turnOff")}
            </Button>
          )}
          <Button onClick={onClose}>{t(onSend ? "kit.cancel" : "kit.close")}</Button>
          {onSend && (
            <Button tone="primary" type="submit" form="method" busy={send.busy}>
              {action ?? t("secondStep.turnOn")}
            </Button>
          )}
        </>
      }
    >
      <Form id="method" onSend={send.run} label={name}>
        {children}
        <Problem of={send.failure ?? stop.failure ?? failure} />
      </Form>
      {detail.now.enabled && <p>{t("secondStep.turnOffLost")}</p>}
    </Dialog>
  );
}

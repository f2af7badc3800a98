import { Button } from "../../../kit/button.tsx";
import { Secret } from "../../../kit/copy.tsx";
import { Dialog } from "../../../kit/dialog.tsx";
import { useText } from "../../../text/t.ts";

/** The code that stands for all second steps, once, when they are lost. */
export function RecoveryDialog({ code, onClose }: { code: string | null; onClose: () => void }) {
  const t = useText();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("secondStep.recovery")}
      actions={
        <Button tone="primary" onClick={onClose}>
          {t("kit.close")}
        </Button>
      }
    >
      {code ? (
        <>
          <p>{t("secondStep.recoveryKeep")}</p>
          <Secret label={t("secondStep.recovery")} text={code.replace(/(.{4})(?=.)/g, "$1 ")} />
        </>
      ) : (
        <p>{t("secondStep.recoveryNone")}</p>
      )}
    </Dialog>
  );
}

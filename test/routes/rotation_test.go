package routes_test

import (
	"coffre/internal/client"
	"coffre/internal/db"
)

// unlocking is where a rotation holds what the master password opens.
const unlocking = "accountUnlockData.masterPasswordUnlockData."

var rotationRows = []row{
	{routes: []string{"GET /api/accounts/key-management/key-rotation-data"}},
	{
		routes: []string{"POST /api/accounts/key-management/rotate-user-account-keys"}, slow: true, brief: true, caller: (*world).eve, given: (*world).rotation,
		required: []string{
			"oldMasterKeyAuthenticationHash", "accountUnlockData", "accountUnlockData.masterPasswordUnlockData", "accountKeys", "accountData",
			unlocking + "kdfType", unlocking + "kdfIterations", unlocking + "email", unlocking + "masterKeyAuthenticationHash",
			unlocking + "masterKeyEncryptedUserKey", "accountKeys.accountPublicKey", "accountKeys.userKeyEncryptedAccountPrivateKey",
		},
		longest: map[string]int{
			"oldMasterKeyAuthenticationHash": 300, unlocking + "masterKeyAuthenticationHash": 300, unlocking + "masterPasswordHint": 50,
			unlocking + "masterKeyEncryptedUserKey": 1_000,
		},
		loose: []string{
			"accountUnlockData.organizationAccountRecoveryUnlockData.organizationId", "accountUnlockData.passkeyUnlockData.id", "accountUnlockData.deviceKeyUnlockData.deviceId", "accountData.folders.id", "accountData.sends.id", "accountUnlockData.emergencyAccessUnlockData.id",
			"accountData.ciphers.id", "accountData.ciphers.organizationId", "accountData.ciphers.folderId", "accountData.ciphers.encryptedFor",
		},
	},
	{
		// Nobody has an account of the second generation here.
		routes: []string{"POST /api/accounts/key-management/rotate-user-keys"}, ok: 400,
	},
}

// rotation gives Eve a new user key, of which the server sees only ciphertext.
func (w *world) rotation() given {
	w.restore("")
	w.forgetAccesses()
	eve := w.here.eve
	public, err := db.Value[string](w.Context(), w.here.db, `SELECT public_key FROM account WHERE id = $1`, eve.id)
	if err != nil {
		w.Fatal(err)
	}
	kdf := client.DefaultKDF()
	return given{body: object{
		"oldMasterKeyAuthenticationHash": eve.hash,
		"accountUnlockData": object{
			"masterPasswordUnlockData": object{
				"kdfType": kdf.Type, "kdfIterations": kdf.Iterations, "kdfMemory": nil, "kdfParallelism": nil, "email": eve.email,
				"masterKeyAuthenticationHash": eve.hash, "masterKeyEncryptedUserKey": w.secrets.text, "masterPasswordHint": "",
				"masterPasswordSalt": eve.email, "containedKeyId": nil,
			},
			"emergencyAccessUnlockData": []any{}, "organizationAccountRecoveryUnlockData": []any{}, "passkeyUnlockData": []any{},
			"deviceKeyUnlockData": []any{}, "v2UpgradeToken": nil,
		},
		"accountKeys":  object{"accountPublicKey": public, "userKeyEncryptedAccountPrivateKey": w.secrets.keys.EncryptedPrivateKey},
		"accountData":  object{"ciphers": []any{}, "folders": []any{}, "sends": []any{}},
		"newUserKeyId": nil,
	}}
}

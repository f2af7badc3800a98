package harness

import (
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

	"coffre/internal/client"
)

// File is one of an item, as a client knows it.
type File struct{ ItemID, ID, path string }

// Item makes an item of the person's own.
func (p Person) Item(ctx context.Context) (string, error) {
	var made struct{ ID string }
	err := p.Do(ctx, http.MethodPost, "/api/ciphers", map[string]any{
		"type": 2, "name": p.Key().Encrypt([]byte("Note")), "secureNote": map[string]int{"type": 0},
	}, &made)
	return made.ID, err
}

// Announce tells of a file of an item that is to come.
func (p Person) Announce(ctx context.Context, itemID string, size int64) (File, error) {
	key := client.NewKey()
	var made struct{ AttachmentID, URL string }
	err := p.Do(ctx, http.MethodPost, "/api/ciphers/"+itemID+"/attachment/v2", map[string]any{
		"key": p.Key().Encrypt(key[:]), "fileName": p.Key().Encrypt([]byte("file")), "fileSize": size,
	}, &made)
	return File{itemID, made.AttachmentID, "/api" + made.URL}, err
}

// Upload sends the content of a file, which never is in memory as a whole.
func (p Person) Upload(ctx context.Context, server string, c *http.Client, f File, content io.Reader) error {
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		part, err := form.CreateFormFile("data", "file")
		if err == nil {
			_, err = io.Copy(part, content)
		}
		if err == nil {
			err = form.Close()
		}
		write.CloseWithError(err)
	}()
	defer read.Close()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server+f.path, read)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Authorization", "Bearer "+p.AccessToken())
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		said, _ := io.ReadAll(res.Body)
		return fmt.Errorf("upload: %d %s", res.StatusCode, said)
	}
	return nil
}

// Download writes the content of a file.
func (p Person) Download(ctx context.Context, c *http.Client, f File, to io.Writer) error {
	var shown struct{ URL string }
	if err := p.Do(ctx, http.MethodGet, f.path, nil, &shown); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, shown.URL, nil)
	if err != nil {
		return err
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("download: %d", res.StatusCode)
	}
	_, err = io.Copy(to, res.Body)
	return err
}

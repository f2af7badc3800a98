package blob

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"coffre/internal/fault"
)

// partSize is how much of an upload is in memory: the least that S3 takes as a part.
const partSize = 5 << 20

// S3 says where a bucket of an S3-compatible store is.
type S3 struct {
	Endpoint  string // host and port
	Plain     bool   // whether to speak plain HTTP
	Region    string
	Bucket    string
	AccessKey string
	SecretKey string
	PathStyle bool   // whether the bucket stands in the path and not in the host
	Prefix    string // before every name; this server alone may use it
	// Transport speaks to the store; nil is the usual one.
	Transport http.RoundTripper
}

type s3Bucket struct {
	client *minio.Client
	bucket string
	prefix string
}

// OpenS3 returns the Bucket that s says. It is not spoken to yet.
func OpenS3(s S3) (Bucket, error) {
	lookup := minio.BucketLookupAuto
	if s.PathStyle {
		lookup = minio.BucketLookupPath
	}
	client, err := minio.New(s.Endpoint, &minio.Options{
		Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, ""), Secure: !s.Plain, Region: s.Region, BucketLookup: lookup,
		Transport: s.Transport,
	})
	if err != nil {
		return nil, fmt.Errorf("open S3: %w", err)
	}
	return &s3Bucket{client, s.Bucket, strings.Trim(s.Prefix, "/") + "/"}, nil
}

// Put implements [Bucket].
func (b *s3Bucket) Put(ctx context.Context, name string, r io.Reader) error {
	if !isName(name) {
		return fault.Gone
	}
	_, err := b.client.PutObject(ctx, b.bucket, b.prefix+name, r, -1, minio.PutObjectOptions{
		PartSize: partSize, NumThreads: 1, ContentType: "application/octet-stream",
	})
	return err
}

// Open implements [Bucket].
func (b *s3Bucket) Open(ctx context.Context, name string) (io.ReadSeekCloser, error) {
	if !isName(name) {
		return nil, fault.Gone
	}
	content, err := b.client.GetObject(ctx, b.bucket, b.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, err
	}
	if _, err := content.Stat(); err != nil {
		content.Close()
		if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
			return nil, fault.Gone
		}
		return nil, err
	}
	return content, nil
}

// Delete implements [Bucket].
func (b *s3Bucket) Delete(ctx context.Context, name string) error {
	if !isName(name) {
		return nil
	}
	return b.client.RemoveObject(ctx, b.bucket, b.prefix+name, minio.RemoveObjectOptions{})
}

// List implements [Bucket]. Parts of what was never finished are for the store to
// forget, as its life cycle rules say.
func (b *s3Bucket) List(ctx context.Context, fn func(name string, at time.Time) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for object := range b.client.ListObjects(ctx, b.bucket, minio.ListObjectsOptions{Prefix: b.prefix}) {
		if object.Err != nil {
			return object.Err
		}
		if name := path.Base(object.Key); isName(name) {
			if err := fn(name, object.LastModified); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// Close implements [Bucket].
func (b *s3Bucket) Close() error { return nil }

// Command check answers questions about a register with Go's own golang.org/x/mod/sumdb packages.
// It reads the same JSON list of questions as judge.py from standard input and writes a list of
// answers {"go": true} or {"go": "reason"}; a question that these packages cannot judge gets {}.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Ask, Note, Vkey, Witness, Old, New, Proof, Leaf, Folder string
	Path                                                     []string
	Indexes, Sizes                                           []int64
}

var base = base64.StdEncoding

// open verifies a checkpoint's signature and returns the tree it states.
func open(text, vkey string) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	signed, err := note.Open([]byte(text), note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 3 || lines[0] != verifier.Name() {
		return tree, fmt.Errorf("origin %q", lines[0])
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = hash(lines[2])
	return tree, err
}

func hash(text string) (found tlog.Hash, err error) {
	raw, err := base.DecodeString(text)
	if err == nil && len(raw) != len(found) {
		err = fmt.Errorf("a hash of %d bytes", len(raw))
	}
	copy(found[:], raw)
	return found, err
}

func hashes(texts []string) (found []tlog.Hash, err error) {
	for _, text := range texts {
		one, err := hash(text)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, nil
}

// inclusion reads a tlog-proof (C2SP) and checks it for a leaf.
func inclusion(q question) error {
	head, checkpoint, found := strings.Cut(q.Proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("no tlog-proof")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return err
	}
	path, err := hashes(lines[2:])
	if err != nil {
		return err
	}
	tree, err := open(checkpoint, q.Vkey)
	if err != nil {
		return err
	}
	leaf, err := base.DecodeString(q.Leaf)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, tree.N, tree.Hash, index, tlog.RecordHash(leaf))
}

func consistency(q question) error {
	old, err := open(q.Old, q.Vkey)
	if err != nil {
		return err
	}
	tree, err := open(q.New, q.Vkey)
	if err != nil {
		return err
	}
	path, err := hashes(q.Path)
	if err != nil {
		return err
	}
	if old.N > tree.N {
		return errors.New("the newer state is the smaller one")
	}
	return tlog.CheckTree(path, tree.N, tree.Hash, old.N, old.Hash)
}

// witness is a note.Verifier for cosignature/v1 (C2SP tlog-cosignature), key type 4.
type witness struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.id }
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, text)
	return ed25519.Verify(w.key, []byte(signed), signature[8:])
}

func newWitness(vkey string) (w witness, err error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return w, errors.New("no vkey")
	}
	raw, err := base.DecodeString(parts[2])
	if err != nil || len(raw) != 1+ed25519.PublicKeySize || raw[0] != 4 {
		return w, errors.New("no cosignature key")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), raw...))
	id := binary.BigEndian.Uint32(sum[:4])
	if fmt.Sprintf("%08x", id) != parts[1] {
		return w, errors.New("key id")
	}
	return witness{parts[0], id, raw[1:]}, nil
}

// cosignature wants both signatures: the log's and the witness's.
func cosignature(q question) error {
	if _, err := open(q.Note, q.Vkey); err != nil {
		return err
	}
	w, err := newWitness(q.Witness)
	if err != nil {
		return err
	}
	_, err = note.Open([]byte(q.Note), note.VerifierList(w))
	return err
}

// folder reads tiles from files. tlog names them tile/8/L/N, C2SP drops the height.
type folder struct{ base string }

func (f folder) Height() int                         { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.base, path))
		if at := strings.Index(path, ".p/"); err != nil && at > 0 {
			// a partial tile may be cut out of a larger one
			data, err = os.ReadFile(filepath.Join(f.base, path[:at]))
		}
		if err != nil {
			return nil, err
		}
		if len(data) > tile.W*tlog.HashSize {
			data = data[:tile.W*tlog.HashSize]
		}
		all = append(all, data)
	}
	return all, nil
}

// entries reads all bundles of entries.
func entries(base string, size int64) ([][]byte, error) {
	var all [][]byte
	for n := int64(0); n*256 < size; n++ {
		tile := tlog.Tile{H: 8, L: 0, N: n, W: int(min(256, size-n*256))}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(base, path))
		if err != nil {
			return nil, err
		}
		for len(data) > 0 {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				return nil, fmt.Errorf("bundle %d is cut off", n)
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:end])
			data = data[end:]
		}
	}
	if int64(len(all)) != size {
		return nil, fmt.Errorf("%d entries", len(all))
	}
	return all, nil
}

// tiles rebuilds root, every entry, and proofs from the exported files alone.
func tiles(q question) error {
	text, err := os.ReadFile(filepath.Join(q.Folder, "checkpoint"))
	if err != nil {
		return err
	}
	tree, err := open(string(text), q.Vkey)
	if err != nil {
		return err
	}
	reader := tlog.TileHashReader(tree, folder{q.Folder})
	if root, err := tlog.TreeHash(tree.N, reader); err != nil || root != tree.Hash {
		return fmt.Errorf("root: %v", err)
	}
	all, err := entries(q.Folder, tree.N)
	if err != nil {
		return err
	}
	for first := 0; first < len(all); first += 256 { // a tile at a time: each is authenticated
		var wanted []int64
		for index := first; index < min(first+256, len(all)); index++ {
			wanted = append(wanted, tlog.StoredHashIndex(0, int64(index)))
		}
		stored, err := reader.ReadHashes(wanted)
		if err != nil {
			return err
		}
		for at, hash := range stored {
			if hash != tlog.RecordHash(all[first+at]) {
				return fmt.Errorf("entry %d differs from its tile", first+at)
			}
		}
	}
	for _, index := range q.Indexes {
		proof, err := tlog.ProveRecord(tree.N, index, reader)
		if err == nil {
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(all[index]))
		}
		if err != nil {
			return fmt.Errorf("record %d: %w", index, err)
		}
	}
	for _, size := range q.Sizes {
		root, err := tlog.TreeHash(size, reader)
		if err != nil {
			return err
		}
		proof, err := tlog.ProveTree(tree.N, size, reader)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, size, root)
		}
		if err != nil {
			return fmt.Errorf("tree %d: %w", size, err)
		}
	}
	return nil
}

func main() {
	judges := map[string]func(question) error{
		"checkpoint":  func(q question) error { _, err := open(q.Note, q.Vkey); return err },
		"inclusion":   inclusion,
		"consistency": consistency,
		"cosignature": cosignature,
		"tiles":       tiles,
	}
	var asked []question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	answers := make([]map[string]any, len(asked))
	for at, q := range asked {
		answers[at] = map[string]any{}
		if judge, known := judges[q.Ask]; known {
			answers[at]["go"] = true
			if err := judge(q); err != nil {
				answers[at]["go"] = err.Error()
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}

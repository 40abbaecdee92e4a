// Command check reads an exported register with Go's own golang.org/x/mod/sumdb packages:
// signature, root, record proofs, tree proofs, and every entry against the level-0 tiles.
// Usage: check FOLDER VKEY [OLD-CHECKPOINT-FILE]. Exit status 1 and one line if it refuses.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func refuse(format string, args ...any) {
	fmt.Printf("refused: "+format+"\n", args...)
	os.Exit(1)
}

// open verifies a checkpoint's signature and returns the tree it states.
func open(path string, verifier note.Verifier) tlog.Tree {
	data, err := os.ReadFile(path)
	if err != nil {
		refuse("%v", err)
	}
	signed, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		refuse("%v", err)
	}
	lines := strings.Split(signed.Text, "\n")
	if lines[0] != verifier.Name() {
		refuse("origin %q", lines[0])
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		refuse("%v", err)
	}
	var root tlog.Hash
	raw, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || copy(root[:], raw) != len(root) {
		refuse("root %q", lines[2])
	}
	return tlog.Tree{N: size, Hash: root}
}

// folder reads tiles from files. tlog names them tile/8/L/N, C2SP drops the height.
type folder struct{ base string }

func (f folder) Height() int                          { return 8 }
func (f folder) SaveTiles(_ []tlog.Tile, _ [][]byte)  {}
func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(f.base, path))
		if err != nil { // a partial tile may be cut out of a larger one
			if at := strings.Index(path, ".p/"); at > 0 {
				data, err = os.ReadFile(filepath.Join(f.base, path[:at]))
			}
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

func entries(base string, tree tlog.Tree) [][]byte {
	var all [][]byte
	for n := int64(0); n*256 < tree.N; n++ {
		width := int(min(256, tree.N-n*256))
		tile := tlog.Tile{H: 8, L: 0, N: n, W: width}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(base, path))
		if err != nil {
			refuse("%v", err)
		}
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
	}
	return all
}

func main() {
	verifier, err := note.NewVerifier(os.Args[2])
	if err != nil {
		refuse("%v", err)
	}
	base := os.Args[1]
	tree := open(filepath.Join(base, "checkpoint"), verifier)
	hashes := tlog.TileHashReader(tree, folder{base})
	root, err := tlog.TreeHash(tree.N, hashes)
	if err != nil || root != tree.Hash {
		refuse("root: %v", err)
	}
	all := entries(base, tree)
	if int64(len(all)) != tree.N {
		refuse("%d entries", len(all))
	}
	for first := 0; first < len(all); first += 256 { // a tile at a time: each is authenticated
		var wanted []int64
		for index := first; index < min(first+256, len(all)); index++ {
			wanted = append(wanted, tlog.StoredHashIndex(0, int64(index)))
		}
		stored, err := hashes.ReadHashes(wanted)
		if err != nil {
			refuse("tile %d: %v", first/256, err)
		}
		for at, hash := range stored {
			if hash != tlog.RecordHash(all[first+at]) {
				refuse("entry %d differs from its tile", first+at)
			}
		}
	}
	for _, index := range []int64{0, tree.N / 2, tree.N - 1} {
		proof, err := tlog.ProveRecord(tree.N, index, hashes)
		if err == nil {
			err = tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(all[index]))
		}
		if err != nil {
			refuse("record %d: %v", index, err)
		}
	}
	if len(os.Args) > 3 {
		old := open(os.Args[3], verifier)
		proof, err := tlog.ProveTree(tree.N, old.N, hashes)
		if err == nil {
			err = tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
		}
		if err != nil {
			refuse("tree %d: %v", old.N, err)
		}
	}
	fmt.Printf("accepted: %d entries\n", tree.N)
}

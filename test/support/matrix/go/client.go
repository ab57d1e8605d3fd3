// The Go client of github.com/zishang520/socket.io. Commands and events as in ../js/lines.ts.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

type command struct {
	Session    int
	Do         string
	URL        string
	Transports []string
	Event      string
	Text       string
	Bytes      string
}

type line struct {
	Session int    `json:"session"`
	On      string `json:"on"`
	Text    string `json:"text,omitempty"`
	Bytes   string `json:"bytes,omitempty"`
}

var printing sync.Mutex

func write(it line) {
	printing.Lock()
	defer printing.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(it)
}

func main() {
	sockets := map[int]*socket.Socket{}
	commands := json.NewDecoder(bufio.NewReader(os.Stdin))
	for {
		var it command
		if commands.Decode(&it) != nil {
			return
		}
		switch it.Do {
		case "connect":
			sockets[it.Session] = connect(it)
		case "ask":
			ack := func(values []any, failure error) {
				if failure == nil && len(values) > 0 {
					write(line{Session: it.Session, On: "ack", Text: fmt.Sprint(values[0])})
				}
			}
			sockets[it.Session].EmitWithAck(it.Event, it.Text)(ack)
		case "binary":
			bytes, _ := base64.StdEncoding.DecodeString(it.Bytes)
			_ = sockets[it.Session].Emit("binary", types.NewBytesBuffer(bytes))
		default:
			sockets[it.Session].Disconnect()
		}
	}
}

func connect(it command) *socket.Socket {
	options := socket.DefaultOptions()
	options.SetForceNew(true)
	wanted := types.NewSet[transports.TransportCtor]()
	for _, name := range it.Transports {
		if name == "polling" {
			wanted.Add(socket.Polling)
		} else {
			wanted.Add(socket.WebSocket)
		}
	}
	options.SetTransports(wanted)
	opened, failure := socket.Connect(it.URL, options)
	if failure != nil {
		panic(failure)
	}
	tell := func(on string) func(...any) {
		return func(values ...any) { write(line{Session: it.Session, On: on, Text: fmt.Sprint(values...)}) }
	}
	_ = opened.On("connect", tell("connect"))
	_ = opened.On("connect_error", tell("error"))
	_ = opened.On("disconnect", tell("disconnect"))
	_ = opened.On("binary", func(values ...any) {
		bytes := values[0].(types.BufferInterface).Bytes()
		write(line{Session: it.Session, On: "binary", Bytes: base64.StdEncoding.EncodeToString(bytes)})
	})
	return opened
}

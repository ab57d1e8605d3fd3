// The Go client of github.com/zishang520/socket.io. Commands and events as in ../js/lines.ts.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/zishang520/socket.io/clients/engine/v3/transports"
	"github.com/zishang520/socket.io/clients/socket/v3"
	"github.com/zishang520/socket.io/v3/pkg/types"
)

const connectTime = 4 * time.Second

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

var (
	printing sync.Mutex
	// The current socket of each session.
	sockets sync.Map
)

func write(it line) {
	printing.Lock()
	defer printing.Unlock()
	_ = json.NewEncoder(os.Stdout).Encode(it)
}

func main() {
	commands := json.NewDecoder(bufio.NewReader(os.Stdin))
	for {
		var it command
		if commands.Decode(&it) != nil {
			return
		}
		switch it.Do {
		case "connect":
			go keep(it)
		case "ask":
			ack := func(values []any, failure error) {
				if failure == nil && len(values) > 0 {
					write(line{Session: it.Session, On: "ack", Text: fmt.Sprint(values[0])})
				}
			}
			current(it).EmitWithAck(it.Event, it.Text)(ack)
		case "binary":
			bytes, _ := base64.StdEncoding.DecodeString(it.Bytes)
			_ = current(it).Emit("binary", types.NewBytesBuffer(bytes))
		default:
			if opened, found := sockets.LoadAndDelete(it.Session); found {
				opened.(*socket.Socket).Disconnect()
			}
		}
	}
}

func current(it command) *socket.Socket {
	if opened, found := sockets.Load(it.Session); found {
		return opened.(*socket.Socket)
	}
	return nil
}

// Keeps a session open. The library's own reconnection ends for good after an attempt whose error it misses, so a
// new socket is opened whenever one is lost, or is not connected in time.
func keep(it command) {
	for {
		up, down := make(chan bool, 9), make(chan bool, 9)
		opened := open(it, up, down)
		select {
		case <-up:
			<-down
		case <-down:
		case <-time.After(connectTime):
		}
		if current(it) != opened {
			return
		}
		opened.Disconnect()
		time.Sleep(time.Second)
	}
}

func open(it command, up, down chan<- bool) *socket.Socket {
	options := socket.DefaultOptions()
	options.SetForceNew(true)
	options.SetReconnection(false)
	options.SetAutoConnect(false)
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
	sockets.Store(it.Session, opened)
	tell := func(on string, happened chan<- bool) func(...any) {
		return func(values ...any) {
			write(line{Session: it.Session, On: on, Text: fmt.Sprint(values...)})
			happened <- true
		}
	}
	_ = opened.On("connect", tell("connect", up))
	_ = opened.On("connect_error", tell("error", down))
	_ = opened.On("disconnect", tell("disconnect", down))
	_ = opened.On("binary", func(values ...any) {
		bytes := values[0].(types.BufferInterface).Bytes()
		write(line{Session: it.Session, On: "binary", Bytes: base64.StdEncoding.EncodeToString(bytes)})
	})
	return opened.Connect()
}

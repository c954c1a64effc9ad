package main

import (
	"bytes"
	"encoding/json"
	"sync"
)

// logSink keeps what go-plugin understood of the plugin's log lines.
type logSink struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (sink *logSink) Write(line []byte) (int, error) {
	sink.mutex.Lock()
	defer sink.mutex.Unlock()
	return sink.text.Write(line)
}

func (sink *logSink) lines() []map[string]any {
	sink.mutex.Lock()
	defer sink.mutex.Unlock()
	var all []map[string]any
	for _, line := range bytes.Split(sink.text.Bytes(), []byte("\n")) {
		var entry map[string]any
		if json.Unmarshal(line, &entry) == nil {
			all = append(all, entry)
		}
	}
	return all
}

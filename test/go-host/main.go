// Go-host starts the backend executable with the libraries that Grafana's server itself uses (hashicorp/go-plugin,
// grafana-plugin-sdk-go, dataplane/sdata), makes every call, and prints what these libraries read, as JSON.
//
// Usage: go-host EXECUTABLE < request.json
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/grafana/dataplane/sdata/numeric"
	"github.com/grafana/dataplane/sdata/reader"
	"github.com/grafana/dataplane/sdata/timeseries"
	"github.com/grafana/grafana-plugin-sdk-go/backend/grpcplugin"
	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

type request struct {
	URL     string            `json:"url"`
	Token   string            `json:"token"`
	From    int64             `json:"from"`
	To      int64             `json:"to"`
	Headers map[string]string `json:"headers"`
	Queries map[string]any    `json:"queries"` // by refId
	// More requests for the same process, answered one after the other.
	Resource string `json:"resource"`
}

type field struct {
	Name   string            `json:"name"`
	Type   string            `json:"type"`
	Labels map[string]string `json:"labels,omitempty"`
	Unit   string            `json:"unit,omitempty"`
	Shown  string            `json:"shown,omitempty"`
	Custom map[string]any    `json:"custom,omitempty"`
	Values []any             `json:"values"`
}

type frame struct {
	Name    string   `json:"name"`
	RefID   string   `json:"refId"`
	Type    string   `json:"type"`
	Version string   `json:"version"`
	Notices []string `json:"notices,omitempty"`
	// What Grafana's typed structs keep of the rest of the metadata.
	Stats    []data.QueryStat `json:"stats,omitempty"`
	Custom   any              `json:"custom,omitempty"`
	Executed string           `json:"executed,omitempty"`
	Fields   []field          `json:"fields"`
}

type response struct {
	Error  string  `json:"error,omitempty"`
	Status int32   `json:"status"`
	Source string  `json:"source,omitempty"`
	Frames []frame `json:"frames"`
	// How alerting's reader (dataplane) takes the frames: the kind and how many items, or why it refuses them.
	Dataplane string `json:"dataplane"`
}

type result struct {
	Health    map[string]any      `json:"health"`
	Metrics   string              `json:"metrics"`
	Resource  map[string]any      `json:"resource"`
	Responses map[string]response `json:"responses"`
	// Queries whose JSON frames were not read as their Arrow frames were.
	Different []string         `json:"different"`
	Logs      []map[string]any `json:"logs"`
	Exited    bool             `json:"exited"`
	StartMs   float64          `json:"startMs"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var in request
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	logs := &logSink{}
	started := time.Now()
	client := plugin.NewClient(&plugin.ClientConfig{
		Cmd: exec.Command(os.Args[1]),
		HandshakeConfig: plugin.HandshakeConfig{
			ProtocolVersion:  grpcplugin.ProtocolVersion,
			MagicCookieKey:   grpcplugin.MagicCookieKey,
			MagicCookieValue: grpcplugin.MagicCookieValue,
		},
		VersionedPlugins: map[int]plugin.PluginSet{
			grpcplugin.ProtocolVersion: {
				"diagnostics": &grpcplugin.DiagnosticsGRPCPlugin{},
				"resource":    &grpcplugin.ResourceGRPCPlugin{},
				"data":        &grpcplugin.DataGRPCPlugin{},
				"stream":      &grpcplugin.StreamGRPCPlugin{},
			},
		},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		Logger:           hclog.New(&hclog.LoggerOptions{Output: logs, Level: hclog.Trace, JSONFormat: true}),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return err
	}
	out := result{StartMs: float64(time.Since(started).Microseconds()) / 1000}
	if err := protocol.Ping(); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	if err := calls(protocol, in, &out); err != nil {
		return err
	}
	client.Kill() // asks for Shutdown first
	out.Exited = client.Exited()
	out.Logs = logs.lines()
	return json.NewEncoder(os.Stdout).Encode(out)
}

func calls(protocol plugin.ClientProtocol, in request, out *result) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	pluginContext := &pluginv2.PluginContext{
		OrgId:    1,
		PluginId: "bpfscope-datasource",
		User:     &pluginv2.User{Login: "grafana_scheduler", Role: "Admin"},
		DataSourceInstanceSettings: &pluginv2.DataSourceInstanceSettings{
			Id: 1, Uid: "go", Name: "bpfscope", Url: in.URL, JsonData: []byte("{}"),
			DecryptedSecureJsonData: map[string]string{"token": in.Token},
		},
	}

	raw, err := protocol.Dispense("diagnostics")
	if err != nil {
		return err
	}
	diagnostics := raw.(grpcplugin.DiagnosticsClient)
	health, err := diagnostics.CheckHealth(ctx, &pluginv2.CheckHealthRequest{PluginContext: pluginContext})
	if err != nil {
		return fmt.Errorf("CheckHealth: %w", err)
	}
	out.Health = map[string]any{"status": health.Status.String(), "message": health.Message, "details": json.RawMessage(health.JsonDetails)}
	metrics, err := diagnostics.CollectMetrics(ctx, &pluginv2.CollectMetricsRequest{PluginContext: pluginContext})
	if err != nil {
		return fmt.Errorf("CollectMetrics: %w", err)
	}
	out.Metrics = string(metrics.Metrics.Prometheus)

	raw, err = protocol.Dispense("resource")
	if err != nil {
		return err
	}
	stream, err := raw.(grpcplugin.ResourceClient).CallResource(ctx, &pluginv2.CallResourceRequest{
		PluginContext: pluginContext, Path: in.Resource, Method: "GET", Url: in.Resource,
	})
	if err != nil {
		return fmt.Errorf("CallResource: %w", err)
	}
	first, err := stream.Recv()
	if err != nil {
		return fmt.Errorf("CallResource: %w", err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("CallResource sent more than one message: %w", err)
	}
	out.Resource = map[string]any{"code": first.Code, "body": json.RawMessage(first.Body)}

	raw, err = protocol.Dispense("data")
	if err != nil {
		return err
	}
	return queries(ctx, raw.(grpcplugin.DataClient), pluginContext, in, out)
}

func queries(ctx context.Context, client grpcplugin.DataClient, pluginContext *pluginv2.PluginContext, in request, out *result) error {
	ask := &pluginv2.QueryDataRequest{PluginContext: pluginContext, Headers: in.Headers}
	for refID, model := range in.Queries {
		body, err := json.Marshal(model)
		if err != nil {
			return err
		}
		ask.Queries = append(ask.Queries, &pluginv2.DataQuery{
			RefId: refID, MaxDataPoints: 1000, IntervalMS: 1000, Json: body,
			TimeRange: &pluginv2.TimeRange{FromEpochMS: in.From, ToEpochMS: in.To},
		})
	}
	answer, err := client.QueryData(ctx, ask)
	if err != nil {
		return fmt.Errorf("QueryData: %w", err)
	}
	out.Responses = map[string]response{}
	for refID, one := range answer.Responses {
		frames, err := data.UnmarshalArrowFrames(one.Frames)
		if err != nil {
			return fmt.Errorf("frames of %s: %w", refID, err)
		}
		out.Responses[refID] = response{
			Error: one.Error, Status: one.Status, Source: one.ErrorSource,
			Frames: describe(frames), Dataplane: dataplane(frames),
		}
	}
	return sameAsJSON(ctx, client, ask, out)
}

// sameAsJSON asks again for JSON frames, which newer hosts may, and compares what the SDK reads of both. Only for
// answers that do not change between two requests.
func sameAsJSON(ctx context.Context, client grpcplugin.DataClient, ask *pluginv2.QueryDataRequest, out *result) error {
	ask.Format = pluginv2.DataFrameFormat_JSON
	answer, err := client.QueryData(ctx, ask)
	if err != nil {
		return fmt.Errorf("QueryData as JSON: %w", err)
	}
	for refID, one := range answer.Responses {
		frames := make(data.Frames, 0, len(one.Frames))
		for _, body := range one.Frames {
			frame := &data.Frame{}
			if err := json.Unmarshal(body, frame); err != nil {
				return fmt.Errorf("JSON frame of %s: %w", refID, err)
			}
			frames = append(frames, frame)
		}
		arrow, err := json.Marshal(out.Responses[refID].Frames)
		if err != nil {
			return err
		}
		fromJSON, err := json.Marshal(describe(frames))
		if err != nil {
			return err
		}
		if string(arrow) != string(fromJSON) {
			out.Different = append(out.Different, refID+"\n"+string(arrow)+"\n"+string(fromJSON))
		}
	}
	return nil
}

func describe(frames data.Frames) []frame {
	described := make([]frame, 0, len(frames))
	for _, from := range frames {
		to := frame{Name: from.Name, RefID: from.RefID, Fields: []field{}}
		if from.Meta != nil {
			to.Type, to.Version = string(from.Meta.Type), from.Meta.TypeVersion.String()
			to.Stats, to.Custom, to.Executed = from.Meta.Stats, from.Meta.Custom, from.Meta.ExecutedQueryString
			for _, notice := range from.Meta.Notices {
				to.Notices = append(to.Notices, notice.Text)
			}
		}
		for _, column := range from.Fields {
			values := make([]any, column.Len())
			for row := range values {
				if value, ok := column.ConcreteAt(row); ok {
					values[row] = value
				}
				if at, ok := values[row].(time.Time); ok {
					values[row] = at.UnixNano() / 1000 // microseconds fit a double
				}
			}
			described := field{Name: column.Name, Type: column.Type().String(), Labels: column.Labels, Values: values}
			if column.Config != nil {
				described.Unit, described.Shown = column.Config.Unit, column.Config.DisplayNameFromDS
				described.Custom = column.Config.Custom
			}
			to.Fields = append(to.Fields, described)
		}
		described = append(described, to)
	}
	return described
}

// dataplane reads the frames as Grafana's alerting does.
func dataplane(frames data.Frames) string {
	if len(frames) == 0 {
		return "none"
	}
	kind, err := reader.CanReadBasedOnMeta(frames)
	if err != nil {
		return "refused: " + err.Error()
	}
	switch {
	case kind.Kind() == data.KindNumeric:
		collection, err := numeric.CollectionReaderFromFrames(frames)
		if err != nil {
			return "refused: " + err.Error()
		}
		all, err := collection.GetCollection(false)
		if err != nil {
			return "refused: " + err.Error()
		}
		if all.Warning != nil || len(all.RemainderIndices) > 0 {
			return fmt.Sprintf("numeric %d with remainder: %v", len(all.Refs), all.Warning)
		}
		return fmt.Sprintf("numeric %d", len(all.Refs))
	case kind.Kind() == data.KindTimeSeries:
		collection, err := timeseries.CollectionReaderFromFrames(frames)
		if err != nil {
			return "refused: " + err.Error()
		}
		all, err := collection.GetCollection(false)
		if err != nil {
			return "refused: " + err.Error()
		}
		if all.Warning != nil || len(all.RemainderIndices) > 0 {
			return fmt.Sprintf("timeseries %d with remainder: %v", len(all.Refs), all.Warning)
		}
		return fmt.Sprintf("timeseries %d", len(all.Refs))
	default:
		return string(kind.Kind())
	}
}

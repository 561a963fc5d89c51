using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace BigTech.BuildingBlocks.Web.Telemetry;

/// <summary>
/// The log as JSON lines for collectors: what one searches by stands at the top level, in lower case. A line of a request has its ids; the
/// values of a message have the names of its template. The framework's formatter nests these, and writes each line by itself.
/// </summary>
internal sealed class JsonLog(LogWriter writer, string service) : ILoggerProvider, ISupportExternalScope
{
    private const string Template = "{OriginalFormat}";

    private static readonly JsonWriterOptions Options = new()
    {
        // The output is no page: other letters than Latin ones stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // The fields of every line: a value of a message does not replace them.
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "time", "level", "service", "category", "event_id", "message", "trace_id", "span_id", "request_id", "exception",
    };

    private static readonly ConcurrentDictionary<string, JsonEncodedText?> Names = new(StringComparer.Ordinal);

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? Buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? Json;

    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => writer.Dispose();

    private void Write<TState>(
        string category, LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format)
    {
        var line = Buffer ??= new ArrayBufferWriter<byte>(1024);
        var json = Json ??= new Utf8JsonWriter(line, Options);
        line.ResetWrittenCount();
        json.Reset(line);
        json.WriteStartObject();
        json.WriteString("time"u8, DateTime.UtcNow);
        json.WriteString("level"u8, NameOf(level));
        json.WriteString("service"u8, service);
        json.WriteString("category"u8, category);
        if (id.Id != 0) json.WriteNumber("event_id"u8, id.Id);
        json.WriteString("message"u8, format(state, error));
        if (Activity.Current is { } activity)
        {
            json.WriteString("trace_id"u8, activity.TraceId.ToHexString());
            json.WriteString("span_id"u8, activity.SpanId.ToHexString());
        }
        var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
        WriteRequest(json, values);
        for (var i = 0; i < values.Count; i++) Write(json, values[i]);
        if (error is not null) json.WriteString("exception"u8, error.ToString());
        json.WriteEndObject();
        json.Flush();
        line.Write("\n"u8);
        // One of many: the others are rare, and somebody may wait for them.
        writer.Write(line.WrittenSpan, isUrgent: category != AccessLog.Category);
    }

    private void WriteRequest(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values) => _scopes.ForEachScope(
        static (scope, line) =>
        {
            if (scope is not RequestFields request) return;
            if (request.RequestId is { } id) line.json.WriteString("request_id"u8, id);
            if (request.UserId is { } user && !Has(line.values, "UserId")) line.json.WriteNumber("user_id"u8, user);
            if (request.RoomId is { } room && !Has(line.values, "RoomId")) line.json.WriteNumber("room_id"u8, room);
        },
        (json, values));

    private static bool Has(IReadOnlyList<KeyValuePair<string, object?>> values, string name)
    {
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i].Key == name) return true;
        }
        return false;
    }

    private static void Write(Utf8JsonWriter json, KeyValuePair<string, object?> value)
    {
        if (value.Value is null || Names.GetOrAdd(value.Key, EncodeName) is not { } name) return;
        switch (value.Value)
        {
            case string text:
                json.WriteString(name, text);
                break;
            case int number:
                json.WriteNumber(name, number);
                break;
            case long number:
                json.WriteNumber(name, number);
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(name, number);
                break;
            case bool flag:
                json.WriteBoolean(name, flag);
                break;
            default:
                json.WriteString(name, Convert.ToString(value.Value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static JsonEncodedText? EncodeName(string given)
    {
        var name = JsonNamingPolicy.SnakeCaseLower.ConvertName(given);
        return given == Template || Reserved.Contains(name) ? null : JsonEncodedText.Encode(name);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "critical",
    };

    private sealed class Logger(JsonLog log, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(category, logLevel, eventId, state, exception, formatter);
    }
}

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

    private readonly JsonEncodedText _service = JsonEncodedText.Encode(service);
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose() => writer.Dispose();

    private void Write<TState>(
        JsonEncodedText category, LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> format)
    {
        var line = Buffer ??= new ArrayBufferWriter<byte>(1024);
        var json = Json ??= new Utf8JsonWriter(line, Options);
        line.ResetWrittenCount();
        json.Reset(line);
        json.WriteStartObject();
        json.WriteString("time"u8, DateTime.UtcNow);
        json.WriteString("level"u8, NameOf(level));
        json.WriteString("service"u8, _service);
        json.WriteString("category"u8, category);
        if (id.Id != 0) json.WriteNumber("event_id"u8, id.Id);
        var access = state as AccessLine;
        json.WriteString("message"u8, access?.Summary ?? format(state, error));
        if (Activity.Current is { } activity)
        {
            json.WriteString("trace_id"u8, activity.TraceId.ToHexString());
            json.WriteString("span_id"u8, activity.SpanId.ToHexString());
        }
        if (access is not null)
        {
            Write(json, access.Request, []);
            access.Write(json);
        }
        else
        {
            WriteValues(json, state as IReadOnlyList<KeyValuePair<string, object?>> ?? []);
        }
        if (error is not null) json.WriteString("exception"u8, error.ToString());
        json.WriteEndObject();
        json.Flush();
        line.Write("\n"u8);
        // One of many: the others are rare, and an operator may be waiting for them.
        writer.Write(line.WrittenSpan, isUrgent: access is null);
    }

    private void WriteValues(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        _scopes.ForEachScope(
            static (scope, line) =>
            {
                if (scope is RequestFields request) Write(line.json, request, line.values);
            },
            (json, values));
        for (var i = 0; i < values.Count; i++) Write(json, values[i]);
    }

    private static void Write(Utf8JsonWriter json, RequestFields request, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        if (request.RequestId is { } id) json.WriteString("request_id"u8, id);
        if (request.UserId is { } user && !Has(values, "UserId")) json.WriteNumber("user_id"u8, user);
        if (request.RoomId is { } room && !Has(values, "RoomId")) json.WriteNumber("room_id"u8, room);
    }

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

    private static ReadOnlySpan<byte> NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace"u8,
        LogLevel.Debug => "debug"u8,
        LogLevel.Information => "info"u8,
        LogLevel.Warning => "warning"u8,
        LogLevel.Error => "error"u8,
        _ => "critical"u8,
    };

    private sealed class Logger(JsonLog log, string category) : ILogger
    {
        private readonly JsonEncodedText _category = JsonEncodedText.Encode(category);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => log._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Write(_category, logLevel, eventId, state, exception, formatter);
    }
}

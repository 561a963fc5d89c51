using System.Diagnostics;
using System.Text;
using System.Text.Json;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed partial class JsonLogTests
{
    [Fact]
    public void What_one_searches_by_stands_at_the_top_in_lower_case()
    {
        using var activity = new Activity("request").Start();

        var line = LineOf(logger => LogRoom(logger, 3, "민지", 2));

        line.GetProperty("time").GetDateTimeOffset().Offset.ShouldBe(TimeSpan.Zero);
        line.GetProperty("level").GetString().ShouldBe("info");
        line.GetProperty("service").GetString().ShouldBe("chat-service");
        line.GetProperty("category").GetString().ShouldBe("Test.Category");
        line.GetProperty("event_id").GetInt32().ShouldBe(7);
        line.GetProperty("message").GetString().ShouldBe("Room 3 of 민지 has 2 members");
        line.GetProperty("trace_id").GetString().ShouldBe(activity.TraceId.ToHexString());
        line.GetProperty("span_id").GetString().ShouldBe(activity.SpanId.ToHexString());
        line.GetProperty("room_id").GetInt64().ShouldBe(3);
        line.GetProperty("user_name").GetString().ShouldBe("민지");
        line.GetProperty("count").GetInt32().ShouldBe(2);
        line.TryGetProperty("request_id", out _).ShouldBeFalse("there is no request");
    }

    [Theory]
    [InlineData(LogLevel.Trace, "trace")]
    [InlineData(LogLevel.Debug, "debug")]
    [InlineData(LogLevel.Warning, "warning")]
    [InlineData(LogLevel.Error, "error")]
    [InlineData(LogLevel.Critical, "critical")]
    public void Levels_have_their_names(LogLevel level, string name) =>
        LineOf(logger => LogLine(logger, level)).GetProperty("level").GetString().ShouldBe(name);

    [Fact]
    public void A_value_replaces_no_field_and_no_name_comes_twice()
    {
        var line = LineOf(
            logger => LogNames(logger, new IOException("the disk is full"), "other", "loud", "text", 5), RequestOf(userId: 9));

        var names = line.EnumerateObject().Select(field => field.Name).ToList();
        names.ShouldBeUnique();
        line.GetProperty("service").GetString().ShouldBe("chat-service");
        line.GetProperty("level").GetString().ShouldBe("warning");
        line.GetProperty("message").GetString().ShouldBe("other loud text 5 \"quoted\"\n");
        line.GetProperty("user_id").GetInt64().ShouldBe(5, "the line's own value");
        line.GetProperty("exception").GetString().ShouldNotBeNull().ShouldContain("the disk is full");
    }

    [Fact]
    public void A_line_of_a_request_has_its_ids_and_not_its_path()
    {
        var line = LineOf(logger => LogLine(logger, LogLevel.Information), RequestOf(userId: 9));

        line.GetProperty("request_id").GetString().ShouldBe("the-id");
        line.GetProperty("user_id").GetInt64().ShouldBe(9);
        line.GetRawText().ShouldNotContain("secret");
    }

    private static DefaultHttpContext RequestOf(long userId)
    {
        var http = new DefaultHttpContext();
        http.Request.Path = "/invite-links/secret";
        http.Response.Headers[AccessLog.RequestIdHeader] = "the-id";
        http.Features.Set(new Caller(userId, "1", "name"));
        return http;
    }

    private static JsonElement LineOf(Action<ILogger> log, HttpContext? request = null)
    {
        using var output = new MemoryStream();
        using (var provider = new JsonLog(new LogWriter(output), "chat-service"))
        using (var loggers = LoggerFactory.Create(logging => logging.AddProvider(provider).SetMinimumLevel(LogLevel.Trace)))
        {
            var logger = loggers.CreateLogger("Test.Category");
            using var scope = request is null ? null : logger.BeginScope(new RequestFields(request));
            log(logger);
        }
        var text = Encoding.UTF8.GetString(output.ToArray());
        text.ShouldEndWith("\n");
        text.TrimEnd('\n').ShouldNotContain("\n");
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    [LoggerMessage(7, LogLevel.Information, "Room {RoomId} of {UserName} has {Count} members")]
    private static partial void LogRoom(ILogger logger, long roomId, string userName, int count);

    [LoggerMessage(8, LogLevel.Warning, "{Service} {Level} {Message} {UserId} \"quoted\"\n")]
    private static partial void LogNames(ILogger logger, Exception error, string service, string level, string message, long userId);

    [LoggerMessage(EventId = 9, Message = "a line")]
    private static partial void LogLine(ILogger logger, LogLevel level);
}

using System.Text.Json;
using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Web.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Unit.BuildingBlocks;

public sealed class ProblemMiddlewareTests
{
    [Fact]
    public async Task A_refusal_becomes_problem_details()
    {
        var (http, problem) = await Answer(_ => throw AppError.NotFound("room_not_found", "There is no such room."));

        http.Response.StatusCode.ShouldBe(404);
        http.Response.ContentType.ShouldBe("application/problem+json");
        problem.GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        problem.GetProperty("title").GetString().ShouldBe("Not Found");
        problem.GetProperty("status").GetInt32().ShouldBe(404);
        problem.GetProperty("detail").GetString().ShouldBe("There is no such room.");
        problem.GetProperty("code").GetString().ShouldBe("room_not_found");
        problem.GetProperty("trace_id").GetString().ShouldNotBeNullOrEmpty();
        problem.TryGetProperty("errors", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Errors_by_field_are_listed()
    {
        var (_, problem) = await Answer(
            _ => throw AppError.Invalid(new Dictionary<string, string[]> { ["name"] = ["a", "b \"quoted\""], ["email"] = ["c"] }));

        problem.GetProperty("status").GetInt32().ShouldBe(422);
        problem.GetProperty("errors").GetProperty("name").EnumerateArray().Select(e => e.GetString()).ShouldBe(["a", "b \"quoted\""]);
        problem.GetProperty("errors").GetProperty("email")[0].GetString().ShouldBe("c");
    }

    [Fact]
    public async Task A_conflict_names_its_field()
    {
        var (http, problem) = await Answer(_ => throw AppError.Conflict("taken", "Is taken.", "email"));
        http.Response.StatusCode.ShouldBe(409);
        problem.GetProperty("field").GetString().ShouldBe("email");
    }

    [Theory]
    [InlineData(0.2, "1")]
    [InlineData(1.0, "1")]
    [InlineData(1.2, "2")]
    [InlineData(30.0, "30")]
    public async Task Waiting_times_are_whole_seconds_rounded_up(double seconds, string header)
    {
        var (http, _) = await Answer(_ => throw AppError.TooMany("slow_down", "Later.", TimeSpan.FromSeconds(seconds)));
        http.Response.StatusCode.ShouldBe(429);
        http.Response.Headers.RetryAfter.ToString().ShouldBe(header);
    }

    [Fact]
    public async Task An_unavailable_store_says_when_to_try_again()
    {
        var (http, _) = await Answer(_ => throw AppError.Unavailable("overloaded", "Later."));
        http.Response.StatusCode.ShouldBe(503);
        http.Response.Headers.RetryAfter.ToString().ShouldBe("1");
    }

    [Fact]
    public async Task A_defect_reveals_nothing_of_itself()
    {
        var (http, problem) = await Answer(_ => throw new InvalidOperationException("secret connection string"));

        http.Response.StatusCode.ShouldBe(500);
        problem.GetProperty("code").GetString().ShouldBe("internal_error");
        problem.GetRawText().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData(404, "not_found")]
    [InlineData(405, "method_not_allowed")]
    [InlineData(415, "wrong_content_type")]
    [InlineData(413, "too_large")]
    public async Task An_empty_error_of_the_framework_gets_a_body(int status, string code)
    {
        var (http, problem) = await Answer(context =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        http.Response.StatusCode.ShouldBe(status);
        problem.GetProperty("code").GetString().ShouldBe(code);
    }

    [Theory]
    [InlineData("{\"a\":")]
    [InlineData("{\"numbers\":[1,]}")]
    [InlineData("{\"number\":1x}")]
    [InlineData("")]
    [InlineData("number=1")]
    public async Task A_body_that_is_not_json_is_malformed(string json)
    {
        var (http, problem) = await Answer(_ => throw BadBody(json));
        http.Response.StatusCode.ShouldBe(400);
        problem.GetProperty("code").GetString().ShouldBe("malformed_json");
    }

    [Theory]
    [InlineData("{\"number\":\"seven\"}", "number")]
    [InlineData("{\"number\":1.5}", "number")]
    [InlineData("{\"number\":99999999999999999999}", "number")]
    [InlineData("{\"number\":null}", "number")]
    [InlineData("{\"number\":{}}", "number")]
    [InlineData("{\"text\":5}", "text")]
    [InlineData("{\"text\":[]}", "text")]
    [InlineData("{\"numbers\":{}}", "numbers")]
    [InlineData("[]", "body")]
    public async Task A_field_of_the_wrong_type_is_invalid(string json, string field)
    {
        var (http, problem) = await Answer(_ => throw BadBody(json));
        http.Response.StatusCode.ShouldBe(422);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe([field]);
    }

    [Fact]
    public async Task A_field_inside_a_list_is_named_by_the_list()
    {
        var (http, problem) = await Answer(_ => throw BadBody("{\"numbers\":[1,\"two\"]}"));
        http.Response.StatusCode.ShouldBe(422);
        problem.GetProperty("errors").TryGetProperty("numbers", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_parameter_has_the_name_that_it_has_in_the_API()
    {
        var (http, problem) = await Answer(
            _ => throw new BadHttpRequestException("Failed to bind parameter \"Nullable<long> roomId\" from \"x\"."));
        http.Response.StatusCode.ShouldBe(422);
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldBe(["room_id"]);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(413)]
    [InlineData(415)]
    public async Task The_servers_own_refusals_keep_their_status(int status)
    {
        var (http, problem) = await Answer(_ => throw new BadHttpRequestException("Reading the request body went wrong.", status));
        http.Response.StatusCode.ShouldBe(status);
        problem.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact]
    public async Task A_client_who_has_gone_gets_no_answer()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        var http = NewContext();
        http.RequestAborted = gone.Token;

        await new ProblemMiddleware(_ => throw new OperationCanceledException(), NullLogger<ProblemMiddleware>.Instance).Invoke(http);

        http.Response.Body.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_client_that_was_cut_off_while_sending_is_no_defect()
    {
        var http = NewContext();
        var cut = new TaskCanceledException("The request was aborted", new ConnectionAbortedException());

        await new ProblemMiddleware(_ => throw cut, NullLogger<ProblemMiddleware>.Instance).Invoke(http);

        http.Response.Body.Length.ShouldBe(0);
    }

    [Fact]
    public async Task A_good_answer_is_left_alone()
    {
        var http = NewContext();
        await new ProblemMiddleware(context => context.Response.WriteAsync("fine"), NullLogger<ProblemMiddleware>.Instance).Invoke(http);
        http.Response.StatusCode.ShouldBe(200);
        http.Response.Body.Length.ShouldBe(4);
    }

    private sealed record Body(int Number, int[]? Numbers, string? Text);

    /// <summary>The framework's exception for such a body.</summary>
    private static BadHttpRequestException BadBody(string json)
    {
        var options = new JsonSerializerOptions();
        HttpJson.Configure(options);
        var error = Should.Throw<JsonException>(() => JsonSerializer.Deserialize<Body>(json, options));
        return new BadHttpRequestException("Failed to read parameter \"Body body\" from the request body as JSON.", 400, error);
    }

    private static async Task<(DefaultHttpContext Http, JsonElement Problem)> Answer(RequestDelegate next)
    {
        var http = NewContext();
        await new ProblemMiddleware(next, NullLogger<ProblemMiddleware>.Instance).Invoke(http);
        // As the server does at the end of a request.
        await http.Response.CompleteAsync();
        http.Response.Body.Position = 0;
        return (http, (await JsonDocument.ParseAsync(http.Response.Body)).RootElement);
    }

    private static DefaultHttpContext NewContext()
    {
        var http = new DefaultHttpContext();
        http.Response.Body = new MemoryStream();
        return http;
    }
}

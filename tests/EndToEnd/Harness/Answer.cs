using System.Net.Http.Headers;
using System.Text.Json;

namespace BigTech.Tests.EndToEnd;

/// <summary>One complete HTTP answer, and its request for the message of a failed test.</summary>
public sealed class Answer
{
    private readonly string _request;

    private Answer(string request, HttpResponseMessage response, string text)
    {
        _request = request;
        Status = (int)response.StatusCode;
        Headers = response.Headers;
        ContentType = response.Content.Headers.ContentType;
        ContentEncoding = [.. response.Content.Headers.ContentEncoding];
        Text = text;
    }

    public int Status { get; }

    public HttpResponseHeaders Headers { get; }

    public MediaTypeHeaderValue? ContentType { get; }

    public IReadOnlyList<string> ContentEncoding { get; }

    public string Text { get; }

    /// <summary>
    /// Whether the web server answered before the product saw a request: a request line or a header that cannot be parsed, or is too long.
    /// Such an answer has no body and closes the connection.
    /// </summary>
    public bool IsServersOwn => Text.Length == 0 && Headers.ConnectionClose is true && !Headers.Contains(RawRequest.IdHeader);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Text);

    /// <summary>Reads the answer to its end; of a stream, which has none, only the head.</summary>
    public static async Task<Answer> Read(HttpResponseMessage response)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience.Long);
        var isStream = response is { IsSuccessStatusCode: true, Content.Headers.ContentType.MediaType: "text/event-stream" };
        var text = isStream ? "" : await response.Content.ReadAsStringAsync(limit.Token);
        return new Answer($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri?.PathAndQuery}", response, text);
    }

    /// <summary>Fails unless the status is one of the given ones.</summary>
    public Answer ShouldBe(params int[] statuses)
    {
        statuses.ShouldContain(Status, ToString());
        return this;
    }

    /// <summary>The body, if the status is right; fails if the body lacks a field of the contract.</summary>
    public T As<T>(int status = 200)
    {
        ShouldBe(status);
        return Wire.Read<T>(Text);
    }

    /// <summary>Fails unless this is a complete problem document with that status and, if given, that code.</summary>
    public Problem ShouldBeProblem(int status, string? code = null)
    {
        ShouldBe(status);
        ContentType?.MediaType.ShouldBe("application/problem+json", ToString());
        var problem = Wire.Read<Problem>(Text);
        problem.Status.ShouldBe(status, ToString());
        problem.Type.ShouldNotBeNullOrWhiteSpace(ToString());
        problem.Title.ShouldNotBeNullOrWhiteSpace(ToString());
        problem.Detail.ShouldNotBeNullOrWhiteSpace(ToString());
        problem.TraceId.ShouldNotBeNullOrWhiteSpace(ToString());
        problem.Code.ShouldMatch("^[a-z][a-z0-9_]*$", ToString());
        if (code is not null)
            problem.Code.ShouldBe(code, ToString());
        return problem;
    }

    /// <summary>Fails if this is a server error, or a client error without a complete problem document.</summary>
    public void ShouldBeSound()
    {
        Status.ShouldBeInRange(200, 499, ToString());
        if (Status >= 400)
            ShouldBeProblem(Status);
    }

    /// <summary>Fails unless this is a 422 that names the field.</summary>
    public void ShouldBlame(string field)
    {
        var errors = ShouldBeProblem(422, "invalid").Errors.ShouldNotBeNull(ToString());
        errors.ShouldContainKey(field, ToString());
        errors[field].ShouldNotBeEmpty(ToString());
    }

    public override string ToString() => $"{_request} -> {Status}\n{(Text.Length > 2000 ? Text[..2000] : Text)}";
}

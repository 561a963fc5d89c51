using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace BigTech.Chat.Client;

/// <summary>Sends calls with the token of the session. An expired token is renewed, and the call sent once more.</summary>
internal sealed class ApiConnection(HttpClient http, ChatSession session)
{
    public Task<T> Get<T>(string path, JsonTypeInfo<T> answer, CancellationToken ct) => Call(HttpMethod.Get, path, null, answer, ct);

    public Task<T> Send<TBody, T>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer, CancellationToken ct) =>
        Call(method, path, () => JsonContent.Create(body, bodyType), answer, ct);

    public Task<T> Send<T>(HttpMethod method, string path, JsonTypeInfo<T> answer, CancellationToken ct) =>
        Call(method, path, null, answer, ct);

    public async Task Send<TBody>(HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken ct)
    {
        using var response = await Exchange(method, path, () => JsonContent.Create(body, bodyType), ct);
        await ThrowIfRefused(response, ct);
    }

    public async Task Send(HttpMethod method, string path, CancellationToken ct)
    {
        using var response = await Exchange(method, path, null, ct);
        await ThrowIfRefused(response, ct);
    }

    /// <summary>A call whose answer may be empty.</summary>
    public async Task<T?> SendForAnswerOrNone<TBody, T>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answer, CancellationToken ct)
        where T : class
    {
        using var response = await Exchange(method, path, () => JsonContent.Create(body, bodyType), ct);
        await ThrowIfRefused(response, ct);
        return response.StatusCode == HttpStatusCode.Accepted ? null : await ReadAnswer(response, answer, ct);
    }

    /// <summary>A call without the session's token.</summary>
    public async Task SendAnonymous<TBody>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body, bodyType) };
        using var response = await http.SendAsync(request, ct);
        await ThrowIfRefused(response, ct);
    }

    public async Task<Tokens> SignIn(LoginBody body, string? deviceToken, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "auth/login/json")
        {
            Content = JsonContent.Create(body, ChatJson.Default.LoginBody),
        };
        if (deviceToken is not null) request.Headers.Add("X-Device-Token", deviceToken);
        using var response = await http.SendAsync(request, ct);
        await ThrowIfRefused(response, ct);
        return await ReadAnswer(response, ChatJson.Default.Tokens, ct);
    }

    /// <summary>Sends what changes with each attempt, such as a stream that goes on after an event.</summary>
    /// <param name="prepare">Completes a new request.</param>
    public async Task<HttpResponseMessage> Exchange(
        Func<HttpRequestMessage> prepare, HttpCompletionOption completion, CancellationToken ct)
    {
        var token = await session.AccessToken(ct);
        var response = await SendOnce(prepare(), token, completion, ct);
        if (response.StatusCode != HttpStatusCode.Unauthorized || token is null) return response;
        response.Dispose();
        return await SendOnce(prepare(), await session.RenewedToken(token, ct), completion, ct);
    }

    public static async Task<T> ReadAnswer<T>(HttpResponseMessage response, JsonTypeInfo<T> answer, CancellationToken ct) =>
        await response.Content.ReadFromJsonAsync(answer, ct)
            ?? throw new HttpRequestException($"The answer to {response.RequestMessage?.RequestUri} is empty.");

    public static async Task ThrowIfRefused(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.IsSuccessStatusCode) return;
        throw new ChatApiException(response.StatusCode, await ReadProblem(response, ct), RetryAfterOf(response));
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta;

    private async Task<T> Call<T>(
        HttpMethod method, string path, Func<HttpContent>? content, JsonTypeInfo<T> answer, CancellationToken ct)
    {
        using var response = await Exchange(method, path, content, ct);
        await ThrowIfRefused(response, ct);
        return await ReadAnswer(response, answer, ct);
    }

    private Task<HttpResponseMessage> Exchange(HttpMethod method, string path, Func<HttpContent>? content, CancellationToken ct) =>
        Exchange(
            () => new HttpRequestMessage(method, path) { Content = content?.Invoke() }, HttpCompletionOption.ResponseContentRead, ct);

    private async Task<HttpResponseMessage> SendOnce(
        HttpRequestMessage request, string? token, HttpCompletionOption completion, CancellationToken ct)
    {
        using (request)
        {
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return await http.SendAsync(request, completion, ct);
        }
    }

    private static async Task<Problem?> ReadProblem(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.Content.Headers.ContentType?.MediaType is not ("application/problem+json" or "application/json")) return null;
        try
        {
            return await response.Content.ReadFromJsonAsync(ChatJson.Default.Problem, ct);
        }
        catch (JsonException)
        {
            // A proxy's own words: the status says enough.
            return null;
        }
    }
}

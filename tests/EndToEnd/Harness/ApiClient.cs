using System.Net.Http.Headers;
using System.Text;

namespace BigTech.Tests.EndToEnd;

/// <summary>Sends HTTP requests to one port of a server, with or without a token; the test asserts the answer.</summary>
public sealed class ApiClient(ServerProcess server, HttpClient http, string? bearer = null, string role = "gateway")
{
    public ServerProcess Server => server;

    /// <summary>The same caller with another token.</summary>
    public ApiClient With(string? token) => new(server, http, token, role);

    /// <summary>The same caller on another service's port.</summary>
    public ApiClient On(string service) => new(server, http, bearer, service);

    public Uri Url(string path) => new(server.Url(role), path);

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path, body: null);

    public Task<Answer> Post(string path, object? body = null) => Send(HttpMethod.Post, path, body);

    public Task<Answer> Put(string path, object body) => Send(HttpMethod.Put, path, body);

    public Task<Answer> Patch(string path, object body) => Send(HttpMethod.Patch, path, body);

    public Task<Answer> Delete(string path) => Send(HttpMethod.Delete, path, body: null);

    /// <summary>An HTML form, as OAuth2 clients send it.</summary>
    public Task<Answer> PostForm(string path, params (string Name, string Value)[] fields) =>
        Send(HttpMethod.Post, path, new FormUrlEncodedContent(fields.ToDictionary(field => field.Name, field => field.Value)));

    /// <param name="body">Null, content that is sent as it is, or an object that is serialized to JSON.</param>
    public async Task<Answer> Send(HttpMethod method, string path, object? body)
    {
        using var request = new HttpRequestMessage(method, Url(path));
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => new StringContent(Wire.Write(body), Encoding.UTF8, "application/json"),
        };
        if (bearer is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return await Send(request);
    }

    /// <summary>Sends a request unchanged. Of a stream that opens, the answer is the head.</summary>
    public async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        var answer = await Answer.Read(response);
        await DescribedApi.Check(request.Method, request.RequestUri!, answer);
        return answer;
    }
}

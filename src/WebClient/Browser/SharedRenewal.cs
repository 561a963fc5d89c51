using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace BigTech.WebClient.Browser;

/// <summary>
/// Renews the session once for all tabs. The tab that waits for another one takes the tokens that the other has stored, as if the server
/// had answered with them.
/// </summary>
internal sealed class SharedRenewal(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private const string Path = "auth/refresh";

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri?.AbsolutePath.EndsWith(Path, StringComparison.Ordinal) != true)
        {
            return await base.SendAsync(request, cancellationToken);
        }
        var used = await request.Content!.ReadFromJsonAsync(WebClientJson.Default.RefreshRequest, cancellationToken);
        var number = await TabsScript.Take("renewal");
        try
        {
            if (SessionStore.Read() is { } other && other.RefreshToken != used!.RefreshToken) return Answer(other, request);
            var response = await base.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) await Keep(response, cancellationToken);
            return response;
        }
        finally
        {
            TabsScript.Release(number);
        }
    }

    private static HttpResponseMessage Answer(SavedSession other, HttpRequestMessage request) => new(HttpStatusCode.OK)
    {
        RequestMessage = request,
        Content = JsonContent.Create(
            new TokenAnswer(
                other.AccessToken, other.RefreshToken, Math.Max(0, (long)(other.ExpiresAt - DateTimeOffset.UtcNow).TotalSeconds),
                other.UserId),
            WebClientJson.Default.TokenAnswer),
    };

    /// <summary>Before the next tab may look.</summary>
    private static async Task Keep(HttpResponseMessage response, CancellationToken ct)
    {
        await response.Content.LoadIntoBufferAsync(ct);
        // Not as a stream: the client reads the answer after this, and a stream can be read once.
        var tokens = JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(ct), WebClientJson.Default.TokenAnswer)!;
        SessionStore.Write(new SavedSession(
            tokens.UserId, tokens.AccessToken, tokens.RefreshToken, DateTimeOffset.UtcNow.AddSeconds(tokens.ExpiresIn)));
    }
}

/// <summary>The body of a renewal.</summary>
internal sealed record RefreshRequest(string RefreshToken);

/// <summary>The tokens of its answer.</summary>
internal sealed record TokenAnswer(string AccessToken, string RefreshToken, long ExpiresIn, long UserId);

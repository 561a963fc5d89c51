using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using BigTech.Load;

namespace BigTech.Promises;

/// <summary>A user's requests to one replica; without an account, requests without a token.</summary>
internal sealed class Caller(Uri replica, Account? account) : IDisposable
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(2);

    // A closed stream ends at once: by default the library first drains it for two seconds.
    private readonly HttpClient _http = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero })
    {
        BaseAddress = replica,
        Timeout = GiveUpAfter,
        DefaultRequestHeaders = { Authorization = account is null ? null : new AuthenticationHeaderValue("Bearer", account.Token) },
    };

    /// <summary>Sends a request, which must succeed.</summary>
    public async Task Does(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        using var response = await Send(method, path, body, cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new LoadException(
                $"{method} {path} was answered with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellation)}");
        }
    }

    /// <summary>Repeats a request until its answer has the promised status.</summary>
    /// <returns>The time from the given moment until then.</returns>
    public async Task<TimeSpan> Gets(int status, HttpMethod method, string path, object? body, long since, CancellationToken cancellation)
    {
        while (true)
        {
            using (var response = await Send(method, path, body, cancellation))
            {
                if ((int)response.StatusCode == status) return Stopwatch.GetElapsedTime(since);
                if (Stopwatch.GetElapsedTime(since) > GiveUpAfter)
                {
                    throw new TimeoutException($"{method} {path} still gets {(int)response.StatusCode}, not {status}");
                }
            }
            await Task.Delay(AskAgainAfter, cancellation);
        }
    }

    /// <summary>Opens an event stream.</summary>
    public async Task<StreamLines> Follows(string path, CancellationToken cancellation)
    {
        var response = await _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
        response.EnsureSuccessStatusCode();
        var lines = new StreamLines(response, await response.Content.ReadAsStreamAsync(cancellation));
        await lines.Next(line => line.StartsWith("event: ready", StringComparison.Ordinal), cancellation);
        return lines;
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, object? body, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(
            method, new Uri(path, UriKind.Relative))
        { Content = body is null ? null : JsonContent.Create(body) };
        return _http.SendAsync(request, cancellation);
    }
}

/// <summary>The lines of an open event stream.</summary>
internal sealed class StreamLines(HttpResponseMessage response, Stream body) : IDisposable
{
    private readonly StreamReader _reader = new(body);

    /// <summary>Waits for a line.</summary>
    /// <returns>Its arrival time as a <see cref="Stopwatch"/> timestamp.</returns>
    public async Task<long> Next(Func<string, bool> isExpected, CancellationToken cancellation)
    {
        while (await _reader.ReadLineAsync(cancellation) is { } line)
        {
            if (isExpected(line)) return Stopwatch.GetTimestamp();
        }
        throw new LoadException("the server ended the stream");
    }

    /// <summary>Waits for the end of the stream.</summary>
    /// <returns>Its time as a <see cref="Stopwatch"/> timestamp.</returns>
    public async Task<long> End(CancellationToken cancellation)
    {
        try
        {
            while (await _reader.ReadLineAsync(cancellation) is not null)
            {
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            // A reset connection is also an end.
        }
        return Stopwatch.GetTimestamp();
    }

    public void Dispose()
    {
        _reader.Dispose();
        response.Dispose();
    }
}

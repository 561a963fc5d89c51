using System.Collections.Concurrent;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>Sends many requests to the server, several at a time, and collects the contract violations of the answers.</summary>
internal sealed class RequestCatalogRun : IDisposable
{
    private const int MaxConcurrency = 8;

    private readonly Uri _server;
    private RawConnection? _connection;
    private int _sent;

    private RequestCatalogRun(Uri server) => _server = server;

    /// <param name="ask">Returns null if the answer fulfils the contract; otherwise returns the violation or throws.</param>
    public static async Task<IReadOnlyCollection<string>> All<T>(
        ServerProcess server, IEnumerable<T> questions, Func<T, RequestCatalogRun, Task<string?>> ask)
    {
        var wrong = new ConcurrentQueue<string>();
        var runs = new ConcurrentBag<RequestCatalogRun>();
        var options =
            new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(questions.ToList(), options, async (question, _) =>
        {
            if (!runs.TryTake(out var run))
                run = new RequestCatalogRun(server.Url());
            try
            {
                if (await ask(question, run) is { } complaint)
                    wrong.Enqueue(complaint);
            }
            catch (Exception failure) when (failure is ShouldAssertException or IOException or TimeoutException)
            {
                wrong.Enqueue($"{question}: {failure.Message}");
            }
            runs.Add(run);
        });
        foreach (var run in runs)
            run.Dispose();
        return wrong;
    }

    /// <summary>Sends on the connection of the last request, unless the server has announced to close it.</summary>
    public async Task<Answer> Send(RawRequest request)
    {
        if (_connection is not { IsOpen: true })
        {
            _connection?.Dispose();
            _connection = await RawConnection.Open(_server);
        }
        try
        {
            var id = $"request-{++_sent}";
            var answer = await _connection.Send(request, id);
            if (!answer.IsServersOwn)
                IdOf(answer).ShouldBe(id, $"the answer to this request, and to no other: {answer}");
            return answer;
        }
        catch (Exception failure) when (failure is IOException or TimeoutException)
        {
            _connection.Dispose();
            _connection = null;
            throw new IOException($"{request}: {failure.Message}", failure);
        }
    }

    private static string? IdOf(Answer answer) => answer.Headers.TryGetValues(RawRequest.IdHeader, out var ids) ? ids.Single() : null;

    public void Dispose() => _connection?.Dispose();
}

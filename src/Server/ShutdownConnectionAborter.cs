using Microsoft.AspNetCore.Connections;

namespace BigTech.Server;

/// <summary>
/// Aborts connections that are still in use some time after a shutdown was requested. Otherwise a client that stops in the middle of a
/// request, or does not read its response, holds the web server until the shutdown limit, and leaves no time for later steps: the event
/// relay and the files.
/// </summary>
internal sealed class ShutdownConnectionAborter : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly CancellationTokenSource _over = new();

    public ShutdownConnectionAborter(IHostApplicationLifetime lifetime) =>
        lifetime.ApplicationStopping.Register(() => _over.CancelAfter(Patience));

    /// <summary>Serves a connection until it ends or the shutdown limit aborts it.</summary>
    public async Task Serve(ConnectionContext connection, ConnectionDelegate next)
    {
        await using var late = _over.Token.UnsafeRegister(
            static served => ((ConnectionContext)served!).Abort(new ConnectionAbortedException("The program stops.")), connection);
        await next(connection);
    }

    public void Dispose() => _over.Dispose();
}

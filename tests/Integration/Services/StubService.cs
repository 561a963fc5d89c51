using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Integration.Services;

/// <summary>A replica that gives one answer to everything, and counts the requests.</summary>
internal sealed class StubService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _asked;

    private StubService(RequestDelegate answer, string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        _app = builder.Build();
        _app.Run(context =>
        {
            Interlocked.Increment(ref _asked);
            return answer(context);
        });
    }

    public Uri Address => new(_app.Urls.Single());

    public int Asked => Volatile.Read(ref _asked);

    public static async Task<StubService> Start(RequestDelegate answer, string url = "http://127.0.0.1:0")
    {
        var service = new StubService(answer, url);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>A replica that is healthy and answers in JSON.</summary>
    public static Task<StubService> Start() => Start(context => context.Response.WriteAsJsonAsync(1));

    /// <summary>A replica that answers only this status.</summary>
    public static Task<StubService> Start(int status) => Start(context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BigTech.Load;

/// <summary>
/// The baseline: Kestrel without an application. It parses a send's JSON and writes it back. It also holds plain event streams open and
/// writes one event to all of them, as the baseline of streams.
/// </summary>
internal static class EchoServer
{
    public const string EchoPath = "/echo";

    /// <summary>The echo under a path that the gateway routes to the Chat service.</summary>
    public const string MessagesPath = "/messages/1";

    public const string StreamPath = "/stream";
    public const string BroadcastPath = "/broadcast";

    /// <summary>The prefix of the line on standard output that gives the listening address.</summary>
    public const string ListensOn = "echo listens on ";

    private static readonly byte[] Ready = "event: ready\ndata: {}\n\n"u8.ToArray();

    /// <summary>Serves on a free loopback port until it is cancelled or its standard input ends.</summary>
    public static async Task<int> Run(CancellationToken cancellation)
    {
        // The other builders watch the current folder for changed settings, including all files that the measured server writes there.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var streams = new ConcurrentDictionary<string, HttpResponse>();
        app.MapPost(EchoPath, (RequestDelegate)Echo);
        app.MapPost(MessagesPath, (RequestDelegate)Echo);
        app.MapGet(StreamPath, (RequestDelegate)(context => HoldStream(context, streams)));
        app.MapPost(BroadcastPath, (RequestDelegate)(context => Broadcast(context, streams)));
        await app.StartAsync(cancellation);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Console.WriteLine(ListensOn + addresses.Single());
        await WaitForEndOfInput(cancellation);
        return 0;
    }

    private static async Task Echo(HttpContext context)
    {
        var body = await context.Request.ReadFromJsonAsync(EchoJson.Default.EchoBody, context.RequestAborted);
        await context.Response.WriteAsJsonAsync(body!, EchoJson.Default.EchoBody, cancellationToken: context.RequestAborted);
    }

    private static async Task HoldStream(HttpContext context, ConcurrentDictionary<string, HttpResponse> streams)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = context.RequestAborted.Register(closed.SetResult);
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(Ready, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        streams[context.Connection.Id] = context.Response;
        await closed.Task;
        streams.TryRemove(context.Connection.Id, out _);
    }

    private static async Task Broadcast(HttpContext context, ConcurrentDictionary<string, HttpResponse> streams)
    {
        using var body = new MemoryStream();
        body.Write("event: message.created\ndata: "u8);
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Write("\n\n"u8);
        foreach (var response in streams.Values)
        {
            response.BodyWriter.Write(body.GetBuffer().AsSpan(0, (int)body.Length));
            await response.BodyWriter.FlushAsync(context.RequestAborted);
        }
    }

    /// <summary>Completes when the parent process exits or closes this process's standard input.</summary>
    public static async Task WaitForEndOfInput(CancellationToken cancellation)
    {
        await using var input = Console.OpenStandardInput();
        var one = new byte[1];
        while (await input.ReadAsync(one, cancellation) > 0)
        {
        }
    }
}

/// <summary>The body of a send as the echo reads and writes it.</summary>
internal sealed record EchoBody(
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("client_message_id")] string ClientMessageId);

[JsonSerializable(typeof(EchoBody))]
internal sealed partial class EchoJson : JsonSerializerContext;

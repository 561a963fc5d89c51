using System.Net;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Tests.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BigTech.Tests.Integration.Documents;

[Engines]
public sealed class DocumentHealthTests
{
    [Fact]
    public async Task A_process_whose_documents_are_away_is_not_ready()
    {
        using var server = new MemoryMongo();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddHttpJson().AddAuthorization();
        builder.Configuration["Mongo:Uri"] = server.Uri;
        builder.Configuration["Mongo:TimeoutMilliseconds"] = "300";
        builder.Services.AddDocuments(builder.Configuration);
        await using var app = builder.Build();
        app.MapHealth();
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        await Eventually.Holds(async () => await Ready() == HttpStatusCode.OK, "ready");
        server.Stop();
        await Eventually.Holds(async () => await Ready() == HttpStatusCode.ServiceUnavailable, "not ready");
        server.Start();
        await Eventually.Holds(async () => await Ready() == HttpStatusCode.OK, "ready again");

        server.OnCommand = command => command == "update" ? Fault.Forbidden : Fault.None;
        await Eventually.Holds(async () => await Ready() == HttpStatusCode.ServiceUnavailable, "not ready while writes are refused");
        server.OnCommand = static _ => Fault.None;
        await Eventually.Holds(async () => await Ready() == HttpStatusCode.OK, "ready after that");

        async Task<HttpStatusCode> Ready() => (await client.GetAsync("/health/ready", TestContext.Current.CancellationToken)).StatusCode;
    }
}

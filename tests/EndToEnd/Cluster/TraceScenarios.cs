using System.Diagnostics;
using BigTech.Tests.EndToEnd.Telemetry;

namespace BigTech.Tests.EndToEnd.Cluster;

/// <summary>What a collector of traces gets of several processes.</summary>
[Faults]
[Collection(nameof(ClusterCollection))]
public sealed class TraceScenarios(Cluster cluster)
{
    [Fact]
    public async Task One_trace_leads_from_the_gateway_through_outbox_and_Kafka_to_the_notification()
    {
        var (ann, _, room) = await cluster.TwoInARoom();

        var answer = (await ann.TrySend(room, "trace me")).ShouldBe(201);
        // The gateway uses the trace id as the request id.
        var trace = answer.Headers.GetValues("X-Request-Id").Single();
        // Each span is the child of the one above it.
        (string Service, ActivityKind Kind, string Name)[] way =
        [
            ("bigtech-gateway", ActivityKind.Server, "POST /messages/{**rest}"),
            ("bigtech-gateway", ActivityKind.Client, "POST"),
            ("bigtech-chat", ActivityKind.Server, "POST /messages/{id:long}"),
            ("bigtech-chat", ActivityKind.Producer, "message.events publish"),
            ("bigtech-notification", ActivityKind.Consumer, "message.events process"),
        ];
        await Eventually.Holds(() => way.All(step => Find(step) is not null), "all spans of the trace", Patience.Long);

        var parent = "";
        foreach (var step in way)
        {
            var span = Find(step)!;
            span.Parent.ShouldBe(parent, $"{span}");
            parent = span.Id;
        }

        CollectedSpan? Find((string Service, ActivityKind Kind, string Name) step) => cluster.Traces.Of(trace)
            .SingleOrDefault(span => (span.Service, span.Kind, span.Name) == step);
    }

    [Fact]
    public async Task A_share_of_zero_records_nothing_that_begins_here()
    {
        await using var collector = await TraceCollector.Start();
        await using var server = await ServerProcess.Start(
            ("Telemetry__OtlpEndpoint", collector.Address), ("Telemetry__SampleRatio", "0"),
            ("Gateway__TrustedProxies", "127.0.0.1"));
        var user = await server.NewUser();
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        using var request = new HttpRequestMessage(HttpMethod.Get, user.Api.Url("/profile/me"));
        request.Headers.Authorization = new("Bearer", user.Tokens.AccessToken);
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");

        (await user.Api.Send(request)).ShouldBe(200);

        await Eventually.Holds(() => collector.Of(trace).Count > 0, "the trace of the trusted proxy", Patience.Long);
        collector.All.ShouldAllBe(span => span.Trace == trace);
    }
}

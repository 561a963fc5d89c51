using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.Contracts;
using BigTech.Contracts.Json;
using BigTech.Contracts.Users;

namespace BigTech.Tests.Unit.Contracts;

/// <summary>The wire form of every event is frozen, because consumers rely on it. Fields are added, never changed.</summary>
public sealed class GoldenEventTests
{
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static TheoryData<string> WireNames => [.. EventSamples.All.Select(sample => sample.WireName)];

    [Fact]
    public void Every_event_has_a_sample()
    {
        var events = typeof(IIntegrationEvent).Assembly.GetTypes()
            .Where(type => type is { IsClass: true } && type.IsAssignableTo(typeof(IIntegrationEvent))).ToList();
        events.ShouldNotBeEmpty();
        events.Except(EventSamples.All.Select(sample => sample.Type)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(WireNames))]
    public void An_event_is_written_as_its_golden_file_says(string wireName) =>
        Encoding.UTF8.GetString(Sample(wireName).Json).ShouldBe(Golden(wireName).ToJsonString(Compact));

    [Theory]
    [MemberData(nameof(WireNames))]
    public void A_golden_file_reads_back_as_the_event(string wireName)
    {
        var sample = Sample(wireName);
        sample.Read(Encoding.UTF8.GetBytes(Golden(wireName).ToJsonString(Readable))).ShouldBeEquivalentTo(sample.Event);
    }

    [Theory]
    [MemberData(nameof(WireNames))]
    public void Fields_that_a_later_version_added_are_ignored(string wireName)
    {
        var sample = Sample(wireName);
        var later = Golden(wireName);
        Extend(later);
        var json = later.ToJsonString(Compact);
        json.ShouldContain("added_later");
        sample.Read(Encoding.UTF8.GetBytes(json)).ShouldBeEquivalentTo(sample.Event);
    }

    [Fact]
    public void A_profile_from_before_the_privacy_settings_says_nothing_about_them()
    {
        var old = Golden(UserProfileUpdated.WireName);
        old.Remove("privacy").ShouldBeTrue();

        EventJson.Deserialize<UserProfileUpdated>(Encoding.UTF8.GetBytes(old.ToJsonString(Compact))).Privacy.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{\"room_id\":\"seven\"}")]
    public void Rubbish_is_no_event(string json) =>
        Should.Throw<JsonException>(() => EventJson.Deserialize<BigTech.Contracts.Chat.MessagesRead>(Encoding.UTF8.GetBytes(json)));

    private static void Extend(JsonObject node)
    {
        foreach (var child in node.Select(property => property.Value).OfType<JsonObject>().ToList()) Extend(child);
        node.Insert(0, "added_later", new JsonObject { ["x"] = new JsonArray(1, "two", null) });
    }

    private static EventSample Sample(string wireName) => EventSamples.All.Single(sample => sample.WireName == wireName);

    private static JsonObject Golden(string wireName) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(GoldenFiles(), $"{wireName}.json")))!.AsObject();

    private static string GoldenFiles()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BigTechChat.slnx"))) folder = folder.Parent;
        return Path.Combine(folder!.FullName, "tests", "Unit", "Contracts", "Golden");
    }
}

using BigTech.Tests.Testing;

namespace BigTech.Tests.Deployment;

/// <summary>Commands as the pages of the docs show them, so that what is tested is what people paste.</summary>
internal static class DocumentedCommands
{
    /// <summary>The blocks of code under a heading, in their order.</summary>
    /// <param name="page">Its path from the root of the repository.</param>
    /// <param name="heading">Such as <c>## One process</c>.</param>
    /// <param name="language">That of the blocks, as it stands behind their fence.</param>
    public static IReadOnlyList<string> Under(string page, string heading, string language = "bash")
    {
        var blocks = new List<string>();
        var level = heading.TakeWhile(c => c == '#').Count();
        var (isUnder, isWanted, block) = (false, false, (List<string>?)null);
        foreach (var line in File.ReadLines(Path.Combine(Repository.Root, page)))
        {
            if (block is not null)
            {
                if (line != "```")
                {
                    block.Add(line);
                    continue;
                }
                if (isUnder && isWanted) blocks.Add(string.Join('\n', block));
                block = null;
            }
            else if (line.StartsWith("```", StringComparison.Ordinal))
            {
                (block, isWanted) = ([], line == $"```{language}");
            }
            else if (line.StartsWith('#'))
            {
                isUnder = line == heading || (isUnder && line.TakeWhile(c => c == '#').Count() > level);
            }
        }
        return blocks;
    }

    /// <summary>Runs a block in a folder; the first command that fails ends it.</summary>
    public static Task<ToolResult> Run(string block, string folder, params IEnumerable<(string Name, string Value)> environment) =>
        Tool.Run("bash", ["-euo", "pipefail", "-c", $"cd '{folder}'\n{block}"], environment);
}

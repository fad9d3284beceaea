using Polymath.Merging.Methods;
using Polymath.Tests;

namespace Polymath.Merging.Tests;

public sealed class MethodTableTests
{
    [Fact]
    public void The_page_of_methods_holds_exactly_the_table_that_the_methods_make()
        => Assert.Contains(MethodTable.Markdown(), File.ReadAllText(DocumentedExample.FromRoot("docs/merge-methods.md")).ReplaceLineEndings("\n"), StringComparison.Ordinal);

    [Fact]
    public void Every_method_says_what_it_does_when_and_from_where()
        => Assert.All(MergeMethods.All, method =>
        {
            foreach (string text in (string[])[method.Name, method.Summary, method.Formula, method.Use, method.Source]) Assert.False(string.IsNullOrWhiteSpace(text), method.Name);
            Assert.EndsWith(".", method.Summary, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', method.Formula);
            Assert.Equal(method, MergeMethods.Find(method.Name));
            Assert.All(method.Parameters.Concat(method.ModelParameters), parameter => Assert.False(string.IsNullOrWhiteSpace(parameter.Description), $"{method.Name}, {parameter.Name}"));
        });
}
